/** `navette template`: the workbook that an employer or its secretariat fills in, empty or with who is known. */
import { open } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { ConfigError } from '../errors.ts';
import { buildTemplate } from '../jobs/layouts/build-template.ts';
import { LANGUAGES, type Language } from '../model.ts';
import { parseEnterpriseNumber } from '../transform/values/enterprise-number.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { jobContext } from './job-context.ts';

interface TemplateOptions extends CommonOptions {
  readonly employer: string;
  readonly language?: Language;
  readonly filled?: boolean;
  readonly output: string;
}

export function declareTemplate(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('template')
    .description("write the workbook to fill in, with an employer's own lists")
    .requiredOption('--employer <number>', 'enterprise number')
    .addOption(new Option('--language <language>', "its language; the employer's own by default").choices(LANGUAGES))
    .option('--filled', 'with every active beneficiary; sent back as it is, it changes nothing')
    .requiredOption('-o, --output <file>', 'where to write it; a file that is there is replaced')
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (options: TemplateOptions) => {
      const employer = requireEmployer(options.employer);
      done(await withApp(options, (app) => template(app, employer, options)));
    });
}

function requireEmployer(given: string): string {
  const employer = parseEnterpriseNumber(given);
  if (employer === null) throw new ConfigError(`--employer is "${given}"; expected an enterprise number.`);
  return employer;
}

async function template(app: App, employer: string, options: TemplateOptions): Promise<ExitCode> {
  const { bytes, language, rows } = await buildTemplate(
    jobContext(app),
    employer,
    options.language ?? null,
    options.filled === true,
  );
  try {
    await writePrivate(options.output, bytes);
  } catch (error) {
    throw new ConfigError(`${options.output} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
  app.print({ file: options.output, enterpriseNumber: employer, language, rows });
  app.say(`${options.output}: ${options.filled === true ? `${rows} beneficiaries` : 'empty'}, in ${language}.`);
  return 0;
}

/** For its owner alone, also where it takes the place of a file that others could read. */
async function writePrivate(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    if ((await file.stat()).isFile()) await file.chmod(0o600);
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

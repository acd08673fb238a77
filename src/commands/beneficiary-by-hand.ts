/** `navette beneficiary set | deactivate | merge`: the portal's own pages by hand. */
import { type Command, Option } from 'commander';
import { ConfigError, RefusedError } from '../errors.ts';
import { mergePerson } from '../jobs/people/merge-person.ts';
import { deactivateBeneficiary, setBeneficiary, TYPED_FIELDS, type Typed } from '../jobs/people/type-beneficiary.ts';
import { findBeneficiaryStatus } from '../load/people/beneficiary-record.ts';
import { currentNumber } from '../load/people/person-numbers.ts';
import { parseEnterpriseNumber } from '../transform/values/enterprise-number.ts';
import { parseNationalRegisterNumber } from '../transform/values/national-register-number.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { jobContext } from './job-context.ts';
import { counted } from './print.ts';

interface WordOptions extends CommonOptions {
  readonly by: string;
  readonly why: string;
}

/** Adds the three to `navette beneficiary`, which is declared before. */
export function declareBeneficiaryByHand(program: Command, done: (code: ExitCode) => void): void {
  const beneficiary = program.commands.find((command) => command.name() === 'beneficiary') ?? program;
  const set = worded(person(beneficiary.command('set').description('create or change a beneficiary')));
  for (const field of TYPED_FIELDS) {
    set.option(`--${kebab(field)} <value>`, '');
    if (kebab(field) !== field) set.addOption(new Option(`--${field} <value>`).hideHelp());
  }
  set.addHelpText(
    'after',
    '\nA blank value empties its field. A new person needs the names, gender, birth date, language and',
  );
  set.addHelpText('after', 'e-mail address, and a delivery; --status Inactive ends an employment as a file would.');
  set.action(async (employer: string, number: string, options: WordOptions & Record<string, string>) =>
    done(await withApp(options, (app) => change(app, employer, number, options))),
  );
  worded(
    person(beneficiary.command('deactivate').description('end a beneficiary; the card and its balance stay')),
  ).action(async (employer: string, number: string, options: WordOptions) =>
    done(await withApp(options, (app) => deactivate(app, employer, number, options))),
  );
  worded(
    beneficiary
      .command('merge')
      .argument(
        '<numbers...>',
        'the number until now and the new one, perhaps after an employer where the person is known',
      )
      .description('a BIS number gives way to a national number, at every employer'),
  ).action(async (numbers: string[], options: WordOptions) =>
    done(await withApp(options, (app) => merge(app, numbers, options))),
  );
}

function person(command: Command): Command {
  return command.argument('<enterprise-number>', 'the employer').argument('<national-register-number>', 'the person');
}

function worded(command: Command): Command {
  return command
    .requiredOption('--by <name>', 'who decides')
    .requiredOption('--why <reason>', 'why')
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document');
}

function kebab(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

async function change(
  app: App,
  employer: string,
  number: string,
  options: WordOptions & Readonly<Record<string, string>>,
): Promise<ExitCode> {
  const given = TYPED_FIELDS.flatMap((field) => (options[field] === undefined ? [] : [[field, options[field]]]));
  if (given.length === 0) throw new ConfigError('Nothing is to be changed; name a field, such as --email.');
  return tell(app, await setBeneficiary(jobContext(app), employer, number, Object.fromEntries(given), options));
}

async function deactivate(app: App, employer: string, number: string, word: WordOptions): Promise<ExitCode> {
  return tell(app, await deactivateBeneficiary(jobContext(app), employer, number, word));
}

const SENTENCES: Readonly<Record<Typed['outcome'], string>> = {
  created: 'The beneficiary was created.',
  updated: 'The beneficiary was changed.',
  reactivated: 'The beneficiary is active again.',
  unchanged: 'Nothing was to be changed.',
  rejected: 'Nothing was changed:',
};

function tell(app: App, typed: Typed): ExitCode {
  app.print(typed);
  app.say(typed.deactivated ? 'The beneficiary is inactive now.' : SENTENCES[typed.outcome]);
  for (const { severity, message } of typed.issues) app.say(`  ${severity === 'warning' ? 'warning: ' : ''}${message}`);
  return typed.outcome === 'rejected' ? 1 : 0;
}

async function merge(app: App, numbers: readonly string[], word: WordOptions): Promise<ExitCode> {
  const [before, after] = numbers.slice(-2);
  if (before === undefined || after === undefined || numbers.length > 3) {
    throw new ConfigError('merge takes the number until now and the new one, perhaps after an employer.');
  }
  const [employer] = numbers.length === 3 ? numbers : [];
  if (employer !== undefined) await requireKnown(app, employer, before);
  const employers = await mergePerson(jobContext(app), before, after, word);
  app.print({ employers });
  app.say(`The person has the new number at ${counted(employers.length, 'employer')}: ${employers.join(', ')}`);
  return 0;
}

async function requireKnown(app: App, employer: string, number: string): Promise<void> {
  const { db } = app.database;
  const read = parseNationalRegisterNumber(number, app.today)?.number ?? '';
  const status = await findBeneficiaryStatus(db, parseEnterpriseNumber(employer) ?? '', await currentNumber(db, read));
  if (status === undefined) throw new RefusedError('There is no such beneficiary.');
}

/** The rules of the house: each takes every file of the repository and names the offending lines. */
import { basename, dirname, join, normalize } from 'node:path/posix';
import { type Import, importsOf, lineAt, withoutComments } from './read-imports.ts';

/** Text by path from the root, with forward slashes. */
export type Files = ReadonlyMap<string, string>;
/** Each offence is `file:line: what is wrong`. */
export type Rule = (files: Files) => string[];

/** What each room may import of the other rooms; the files above the rooms may know one of the first three. */
const KNOWS: Readonly<Record<string, readonly string[]>> = {
  ingest: [],
  transform: [],
  load: [],
  jobs: ['ingest', 'transform', 'load'],
  commands: ['jobs', 'load', 'transform'],
};
/** Small libraries without input, output or clock that `transform` may use. */
const PURE_LIBRARIES: readonly string[] = [];
const ONE_DOOR = [
  'ssh2-sftp-client',
  'ssh2',
  'chokidar',
  'exceljs',
  'csv-parse',
  'node-cron',
  'pg-boss',
  'nodemailer',
  'pg-copy-streams',
  'yauzl',
  'openpgp',
  'prom-client',
];
const ENVIRONMENT = 'src/config/environment.ts';
const CLOCK = 'src/clock.ts';
const LONGEST = 250;
const CATCH_ALL = /^(?:manager|service|helper|util|handler|process|data|info|common|misc)s?$/;

export const roomsKeepApart: Rule = (files) =>
  source(files).flatMap(([path, text]) => {
    const room = roomOf(path);
    const known = new Set<string>();
    return importsOf(text).flatMap((one) => {
      const target = targetOf(path, one);
      const other = target === null ? null : roomOf(target);
      if (other === null || other === room) return [];
      known.add(other);
      if (room !== null) {
        return KNOWS[room]?.includes(other) ? [] : [`${path}:${one.line}: ${room} may not import ${other}`];
      }
      if (other === 'commands' && path === 'src/main.ts') return [];
      if (other === 'jobs' || other === 'commands')
        return [`${path}:${one.line}: only main.ts and rooms know ${other}`];
      return known.size > 1 ? [`${path}:${one.line}: only jobs and commands know several rooms`] : [];
    });
  });

export const transformIsPure: Rule = (files) =>
  source(files)
    .filter(([path]) => roomOf(path) === 'transform')
    .flatMap(([path, text]) => {
      const allowed = (one: Import): boolean => {
        const target = targetOf(path, one);
        if (target === null) return PURE_LIBRARIES.includes(packageOf(one.from));
        return target === 'src/model.ts' || target === 'src/errors.ts' || roomOf(target) === 'transform';
      };
      const imports = importsOf(text)
        .filter((one) => !allowed(one))
        .map((one) => `${path}:${one.line}: transform may not import ${one.from}`);
      const globals = /\b(?:process|console)\.|\b(?:fetch|setTimeout|setInterval|Math\.random)\(/g;
      return [...imports, ...findings(path, withoutComments(text), globals, 'transform takes values and gives values')];
    });

export const oneDoorPerLibrary: Rule = (files) =>
  ONE_DOOR.flatMap((library) => {
    const doors = source(files).flatMap(([path, text]) => {
      const used = importsOf(text).find((one) => !one.typeOnly && packageOf(one.from) === library);
      return used === undefined ? [] : [`${path}:${used.line}: ${library} has several doors`];
    });
    return doors.length > 1 ? doors : [];
  });

export const sqlStandsInLoad: Rule = (files) =>
  source(files)
    .filter(([path]) => roomOf(path) !== 'load')
    .flatMap(([path, text]) =>
      importsOf(text)
        .filter((one) => !one.typeOnly && ['kysely', 'pg', 'pg-copy-streams'].includes(packageOf(one.from)))
        .map((one) => `${path}:${one.line}: ${one.from} belongs to load`),
    );

export const oneFileReadsTheEnvironment: Rule = (files) =>
  source(files)
    .filter(([path]) => path !== ENVIRONMENT)
    .flatMap(([path, text]) =>
      findings(path, withoutComments(text), /\bprocess\.env\b/g, `the environment belongs to ${ENVIRONMENT}`),
    );

export const oneFileAsksTheTime: Rule = (files) =>
  source(files)
    .filter(([path]) => path !== CLOCK)
    .flatMap(([path, text]) => {
      const asking = /\bDate\.now\b|\bnew Date\b(?!\s*\(\s*[^\s)])|\bperformance\.now\b|\bhrtime\b|\bTemporal\.Now\b/g;
      return findings(path, withoutComments(text), asking, `the time belongs to ${CLOCK}`);
    });

export const noImportCircles: Rule = (files) => {
  const imports = new Map(source(files).map(([path, text]) => [path, importsOf(text)]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (done.has(path)) return;
    for (const one of imports.get(path) ?? []) {
      const target = targetOf(path, one);
      if (target === null || !imports.has(target)) continue;
      const start = [...trail, path].indexOf(target);
      if (start === -1) visit(target, [...trail, path]);
      else circles.push(`${path}:${one.line}: circle ${[...[...trail, path].slice(start), target].join(' > ')}`);
    }
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return circles;
};

export const filesOpenWithWhatTheyOwn: Rule = (files) =>
  typescript(files)
    .filter(([, text]) => openingComment(text) === null)
    .map(([path]) => `${path}:1: opens without a doc comment that says what the file owns`);

export const longFilesSayWhy: Rule = (files) =>
  typescript(files).flatMap(([path, text]) => {
    const lines = text.replace(/\n$/, '').split('\n').length;
    const saysWhy = /\blong because\b/i.test(openingComment(text) ?? '');
    return lines <= LONGEST || saysWhy
      ? []
      : [`${path}:1: ${lines} lines; split it, or say "Long because …" in its first comment`];
  });

export const namesSayWhat: Rule = (files) =>
  [...files.keys()].flatMap((path) =>
    path
      .replace(/([a-z])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .split(/[^a-z]+/)
      .filter((word) => CATCH_ALL.test(word))
      .map((word) => `${path}:1: "${word}" says nothing about what the file owns`),
  );

export const nothingIsLeftForLater: Rule = (files) =>
  everywhere(files, /\b(?:TOD[O]|FIXM[E])\b/g, 'finish it, or leave it out');

export const typesAreNotSilenced: Rule = (files) =>
  typescript(files).flatMap(([path, text]) => {
    const silenced = findings(
      path,
      text,
      /@ts-(?:ignore|nocheck|expect-error)\b|\bbiome-ignor[e]\b/g,
      'mend it instead',
    );
    const code = withoutComments(text).replace(
      /'(?:[^'\\\n]|\\.)*'/g,
      (quoted) => `'${' '.repeat(quoted.length - 2)}'`,
    );
    const casts = findings(path, code, /\bas any\b|<an[y]\b|:\s*any\b(?!\s*\w)|\bany\[\]/g, 'say the type');
    return [...silenced, ...casts];
  });

export const everyTestRuns: Rule = (files) =>
  typescript(files)
    .filter(([path]) => path.startsWith('test/'))
    .flatMap(([path, text]) => {
      const left =
        /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|only|todo|fails|skipIf|runIf)\b|\b(?:xit|xtest|xdescribe|fit|fdescribe)\(|\b(?:context|ctx)\.skip\(/g;
      return findings(path, withoutComments(text), left, 'every test runs, every time');
    });

/** What a reader cannot open is no reference: pages that are not here, folders beside the repository. */
export const pagesThatAreNamedAreHere: Rule = (files) => {
  const outside = everywhere(files, /\.\.\/shared\b/g, 'this leads out of the repository');
  const missing = [...files].flatMap(([path, text]) =>
    [...text.matchAll(/(?<![\w/.-])[\w./-]*\w\.md\b/g)].flatMap((match) => {
      const here = [match[0], join(dirname(path), match[0])].some((page) => files.has(normalize(page)));
      return here ? [] : [`${path}:${lineAt(text, match.index)}: there is no page ${match[0]}`];
    }),
  );
  return [...outside, ...missing];
};

export const commandsAreListed: Rule = (files) =>
  declared(files, /^src\/commands\/.*\.ts$/, 'src/commands/commands.ts', (text) => {
    const names = [...text.matchAll(/^export function (declare\w*)/gm)].map((match) => match[1] ?? '');
    return names.length === 0 && /\.command\(/.test(withoutComments(text)) ? ['declare…'] : names;
  });

export const migrationsAreListed: Rule = (files) =>
  declared(files, /^src\/load\/migrations\/.*\.ts$/, 'src/load/migrate.ts', (_, path) => [basename(path, '.ts')]);

function declared(
  files: Files,
  which: RegExp,
  list: string,
  names: (text: string, path: string) => string[],
): string[] {
  const listed = withoutComments(files.get(list) ?? '').replace(/^import[\s\S]*?;$/gm, '');
  return source(files)
    .filter(([path]) => which.test(path) && path !== list)
    .flatMap(([path, text]) =>
      names(text, path)
        .filter((name) => !new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(listed))
        .map((name) => `${path}:${lineAt(text, Math.max(0, text.indexOf(name)))}: ${name} is not listed in ${list}`),
    );
}

function source(files: Files): [path: string, text: string][] {
  return typescript(files).filter(([path]) => path.startsWith('src/'));
}

function typescript(files: Files): [path: string, text: string][] {
  return [...files].filter(([path]) => path.endsWith('.ts'));
}

function everywhere(files: Files, pattern: RegExp, sentence: string): string[] {
  return [...files].flatMap(([path, text]) => findings(path, text, pattern, sentence));
}

function findings(path: string, text: string, pattern: RegExp, sentence: string): string[] {
  return [...text.matchAll(pattern)].map((match) => `${path}:${lineAt(text, match.index)}: ${match[0]}: ${sentence}`);
}

function roomOf(path: string): string | null {
  const room = /^src\/([a-z-]+)\//.exec(path)?.[1] ?? '';
  return room in KNOWS ? room : null;
}

/** Path of the file an import names, null for a package. */
function targetOf(path: string, one: Import): string | null {
  return one.from.startsWith('.') ? join(dirname(path), one.from) : null;
}

function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

function openingComment(text: string): string | null {
  return /^(?:#!.*\n)?(\/\*\*[\s\S]*?\*\/)/.exec(text)?.[1] ?? null;
}

/** The rules of the house hold for every file, and each rule sees its own offence. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as rules from './support/house-rules.ts';

const ROOT = join(import.meta.dirname, '..');
/** Not ours, or made by a run; and this file, which quotes an offence against every rule. */
const NOT_READ = new Set(['.git', '.navette', 'node_modules', 'coverage', 'package-lock.json', 'house.test.ts']);
const TEXTS = new Set(['', '.ts', '.sql', '.md', '.yaml', '.json', '.jsonl']);

function readRepository(): Map<string, string> {
  const files = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (NOT_READ.has(entry.name)) continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile() && TEXTS.has(extname(entry.name))) {
        files.set(relative(ROOT, path).split(sep).join('/'), readFileSync(path, 'utf8'));
      }
    }
  };
  walk(ROOT);
  return files;
}

const OPENING = '/** What it owns. */\n';

/** Each rule, files that break it, and the lines it must name. */
const TABLE: readonly [name: string, rule: rules.Rule, broken: Record<string, string>, lines: readonly string[]][] = [
  [
    'rooms: the three stages keep apart, and only jobs and commands know several',
    rules.roomsKeepApart,
    {
      'src/ingest/a.ts': "import { b } from '../transform/b.ts';",
      'src/transform/b.ts': "\nexport type { C } from '../load/c.ts';",
      'src/load/c.ts': "const a = await import('../ingest/a.ts');\nimport { run } from '../jobs/run.ts';",
      'src/jobs/run.ts': "import {\n  a,\n} from '../ingest/a.ts';\nimport '../commands/go.ts';",
      'src/commands/go.ts': "import { run } from '../jobs/run.ts';\nimport { a } from '../ingest/a.ts';",
      'src/main.ts': "import { go } from './commands/go.ts';",
      'src/texts.ts': "import { b } from './transform/b.ts';\nimport { c } from './load/c.ts';",
      'src/config/more.ts': "import { run } from '../jobs/run.ts';",
    },
    [
      'src/ingest/a.ts:1',
      'src/transform/b.ts:2',
      'src/load/c.ts:2',
      'src/load/c.ts:1',
      'src/jobs/run.ts:4',
      'src/commands/go.ts:2',
      'src/texts.ts:2',
      'src/config/more.ts:1',
    ],
  ],
  [
    'transform is pure: model, errors and siblings only, no input, no output, no clock',
    rules.transformIsPure,
    {
      'src/transform/a.ts': [
        "import type { Day } from '../model.ts';",
        "import { FileError } from '../errors.ts';",
        "import { b } from './b.ts';",
        "import { log } from '../log.ts';",
        "import { readFile } from 'node:fs/promises';",
        '// process.cwd() in a comment is no offence',
        "console.log('x');",
      ].join('\n'),
    },
    ['src/transform/a.ts:4', 'src/transform/a.ts:5', 'src/transform/a.ts:7'],
  ],
  [
    'one door per library',
    rules.oneDoorPerLibrary,
    {
      'src/ingest/a.ts': "import { parse } from 'csv-parse/sync';\nimport SftpClient from 'ssh2-sftp-client';",
      'src/ingest/b.ts': "import type { Server } from 'ssh2';\n\nimport { parse } from 'csv-parse';",
      'src/commands/demo/c.ts': "import ssh2 from 'ssh2';",
    },
    ['src/ingest/a.ts:1', 'src/ingest/b.ts:3'],
  ],
  [
    'SQL stands in load',
    rules.sqlStandsInLoad,
    {
      'src/load/a.ts': "import { sql } from 'kysely';",
      'src/jobs/b.ts': "import type { Kysely } from 'kysely';\nimport { sql } from 'kysely';",
    },
    ['src/jobs/b.ts:2'],
  ],
  [
    'one file reads the environment',
    rules.oneFileReadsTheEnvironment,
    { 'src/config/environment.ts': 'process.env', 'src/log.ts': '/** No process.env. */\nprocess.env.LOG_LEVEL;' },
    ['src/log.ts:2'],
  ],
  [
    'one file asks what time it is',
    rules.oneFileAsksTheTime,
    {
      'src/clock.ts': 'Date.now();',
      'src/jobs/a.ts': 'new Date(moment);\nDate.now();\nnew Date();\nnew Date;\nperformance.now();\nprocess.hrtime();',
    },
    ['src/jobs/a.ts:2', 'src/jobs/a.ts:3', 'src/jobs/a.ts:4', 'src/jobs/a.ts:5', 'src/jobs/a.ts:6'],
  ],
  [
    'no import goes in a circle',
    rules.noImportCircles,
    {
      'src/a.ts': "import './b.ts';",
      'src/b.ts': "import './leaf.ts';\nexport * from './c.ts';",
      'src/c.ts': "import type { A } from './a.ts';\nimport './leaf.ts';",
      'src/leaf.ts': '',
      'src/self.ts': "import './self.ts';",
    },
    ['src/c.ts:1', 'src/self.ts:1'],
  ],
  [
    'every file opens with what it owns',
    rules.filesOpenWithWhatTheyOwn,
    {
      'src/a.ts': `${OPENING}export {};`,
      'src/b.ts': `import './a.ts';\n${OPENING}`,
      'src/c.ts': '// What it owns.',
      'test/d.test.ts': "import { test } from 'vitest';",
    },
    ['src/b.ts:1', 'src/c.ts:1', 'test/d.test.ts:1'],
  ],
  [
    'a long file says why',
    rules.longFilesSayWhy,
    {
      'src/a.ts': OPENING + '\n'.repeat(249),
      'src/b.ts': OPENING + '\n'.repeat(250),
      'src/c.ts': `/** What it owns. Long because a table is read best whole. */${'\n'.repeat(400)}`,
      'test/d.test.ts': OPENING + '\n'.repeat(250),
      'bench/e.ts': OPENING + '\n'.repeat(250),
    },
    ['src/b.ts:1', 'test/d.test.ts:1', 'bench/e.ts:1'],
  ],
  [
    'names say what a file owns',
    rules.namesSayWhat,
    {
      'src/database.ts': '',
      'src/jobs/order-helper.ts': '',
      'test/utils/a.ts': '',
      'docs/commonMistakes.md': '',
      'src/load/processed.ts': '',
    },
    ['src/jobs/order-helper.ts:1', 'test/utils/a.ts:1', 'docs/commonMistakes.md:1'],
  ],
  [
    'nothing is left for later',
    rules.nothingIsLeftForLater,
    { 'docs/a.md': 'Fine.\nTODO: more.', 'src/a.ts': '// FIXME' },
    ['docs/a.md:2', 'src/a.ts:1'],
  ],
  [
    'types and checks are not silenced',
    rules.typesAreNotSilenced,
    {
      'src/a.ts':
        "const a = b as any;\nconst c = 'as any';\n// as any\nfunction f(x: any): void {}\nnew Map<any, 1>();",
      'test/a.ts': '// @ts-ignore\n\n// biome-ignore lint: no',
    },
    ['src/a.ts:1', 'src/a.ts:4', 'src/a.ts:5', 'test/a.ts:1', 'test/a.ts:3'],
  ],
  [
    'every test runs',
    rules.everyTestRuns,
    {
      'test/a.test.ts': "test('a', f);\ntest.skip('b', f);\ndescribe.concurrent.only('c', f);\nit.skipIf(1)('d', f);",
      'src/a.ts': 'test.skip()',
    },
    ['test/a.test.ts:2', 'test/a.test.ts:3', 'test/a.test.ts:4'],
  ],
  [
    'pages that are named are here',
    rules.pagesThatAreNamedAreHere,
    {
      'README.md': 'See docs/a.md and [b](docs/b.md).',
      'docs/a.md': `See ../README.md, b.md and ELSEWHERE.md,\nor ${['..', 'shared', 'x'].join('/')}.`,
      'docs/b.md': '',
    },
    ['docs/a.md:2', 'docs/a.md:1'],
  ],
  [
    'every command is listed',
    rules.commandsAreListed,
    {
      'src/commands/commands.ts':
        "import { declareA } from './a.ts';\nimport { declareB } from './b.ts';\nconst COMMANDS = [declareA];",
      'src/commands/a.ts': "export function declareA() { program.command('a') }",
      'src/commands/b.ts': "\nexport function declareB() { program.command('b') }",
      'src/commands/c.ts': "const c = program.command('c');",
    },
    ['src/commands/b.ts:2', 'src/commands/c.ts:1'],
  ],
  [
    'every migration is listed',
    rules.migrationsAreListed,
    {
      'src/load/migrate.ts':
        "import * as people from './migrations/0002-people.ts';\nconst M = { '0001-reference': reference };",
      'src/load/migrations/0001-reference.ts': '',
      'src/load/migrations/0002-people.ts': '',
    },
    ['src/load/migrations/0002-people.ts:1'],
  ],
];

describe('in this repository', () => {
  const repository = readRepository();

  test('the files are there to be read', () => {
    expect([...repository.keys()]).toEqual(
      expect.arrayContaining(['src/main.ts', 'bin/navette', 'config/navette.yaml', '.ci/run']),
    );
  });

  test.each(TABLE)('%s', (_, rule) => {
    expect(rule(repository)).toEqual([]);
  });
});

describe('an offence is seen, and its line is named', () => {
  test.each(TABLE)('%s', (_, rule, broken, lines) => {
    const found = rule(new Map(Object.entries(broken)));
    expect(found.map((offence) => offence.replace(/: .*/s, ''))).toEqual(lines);
  });

  test('no rule stands without its offence', () => {
    const tried = new Set(TABLE.map(([, rule]) => rule));
    expect(Object.entries(rules).filter(([, rule]) => !tried.has(rule))).toEqual([]);
  });
});

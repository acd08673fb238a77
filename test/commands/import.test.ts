/** `navette import` and the ways in which a command can fail, as a person sees them. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/load/database.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import { ROOT, runNavette } from '../support/command.ts';
import { cloneDatabase } from '../support/database.ts';
import { employerLine, employersJsonl } from '../support/employer-lines.ts';
import { inventEnterpriseNumber } from '../support/people.ts';
import { portalCsv, portalRow } from '../support/portal-rows.ts';

const home = await mkdtemp(join(tmpdir(), 'navette-import-'));
const url = await cloneDatabase();
const database = await openDatabase(url, () => undefined);
await syncReference(database.db, loadConfig(readEnvironment({ NAVETTE_CONFIG: join(ROOT, 'config') })));
afterAll(async () => {
  await database.close();
  await rm(home, { recursive: true, force: true });
});

const here = { DATABASE_URL: url, NAVETTE_HOME: home };
const navette = (...words: string[]) => runNavette(here, ...words);

test('a portal file gives one document whose counts add up, and exit 1 for a rejected row', async () => {
  const number = inventEnterpriseNumber(7_000_001);
  const employers = join(home, 'employers.jsonl');
  const people = join(home, 'people.csv');
  await writeFile(employers, employersJsonl([employerLine(number)]));
  await writeFile(people, portalCsv([portalRow(1), portalRow(2), portalRow(3, { email: 'nobody' })]));
  expect((await navette('import', employers, '--layout', 'employers', '--secretariat', 'issuer')).code).toBe(0);

  const words = ['--layout', 'beneficiaries-portal', '--secretariat', 'alpha', '--set', `enterpriseNumber=${number}`];
  const { code, out, err } = await navette('import', people, ...words, '--json');
  const document = JSON.parse(out);
  expect(code).toBe(1);
  expect(Object.keys(document)).toEqual(['fileId', 'status', 'counts', 'issues']);
  const { read, created, updated, unchanged, reactivated, rejected, duplicateInFile } = document.counts;
  expect({ read, created, rejected, deactivated: document.counts.deactivated }).toEqual({
    read: 3,
    created: 2,
    rejected: 1,
    deactivated: 0,
  });
  expect(read).toBe(created + updated + unchanged + reactivated + rejected + duplicateInFile);
  expect(Object.keys(document.issues[0])).toEqual(['row', 'column', 'code', 'severity', 'message']);
  expect(document.issues).toMatchObject([{ row: 4, column: 'email', code: 'email.invalid', severity: 'error' }]);
  for (const line of err.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
});

const SENTENCE = /^navette: [^\n]+\n$/;

test('what is asked wrongly is one sentence with what is allowed, and exit 2', async () => {
  const layout = await navette('import', ROOT, '--layout', 'payrol', '--secretariat', 'alpha');
  expect(layout).toMatchObject({ code: 2, err: expect.stringMatching(SENTENCE) });
  expect(layout.err).toContain('payroll-generic');
  const file = join(home, 'people.csv');
  const key = await navette(
    'import',
    file,
    '--layout',
    'payroll-generic',
    '--secretariat',
    'alpha',
    '--set',
    'month=11',
  );
  expect(key).toMatchObject({ code: 2, err: expect.stringMatching(SENTENCE) });
  const who = await navette('import', file, '--layout', 'employers', '--secretariat', 'alpha');
  expect(who).toMatchObject({ code: 2, err: expect.stringMatching(SENTENCE) });
  const unreadable = await navette(
    'import',
    join(home, 'none.csv'),
    '--layout',
    'payroll-generic',
    '--secretariat',
    'alpha',
  );
  expect(unreadable).toMatchObject({ code: 2, err: `navette: There is no file ${join(home, 'none.csv')}.\n` });
});

test('a wrong configuration lists every fault with file, line and column, and exit 2', async () => {
  const config = join(home, 'config');
  await cp(join(ROOT, 'config'), config, { recursive: true });
  await writeFile(join(config, 'layouts', 'bad.yaml'), 'id: bad\nkind: payrol\nfile: { format: csv }\ncolour: red\n');
  await writeFile(join(config, 'products.yaml'), 'products: [\n');
  const { code, err } = await runNavette({ ...here, NAVETTE_CONFIG: config }, 'config', 'check');
  expect(code).toBe(2);
  const lines = err.trim().split('\n');
  expect(lines.find((line) => line.includes('bad.yaml:2:'))).toMatch(
    /"kind" is "payrol".*allowed: employers, beneficiaries/,
  );
  expect(lines.find((line) => line.includes('bad.yaml:4:'))).toContain('"colour" is not a setting');
  expect(lines.some((line) => line.includes('products.yaml:'))).toBe(true);
  expect(err).not.toMatch(/\n\s+at /);
});

test('a database that cannot be reached is one sentence, and exit 3; under --json it is one JSON line', async () => {
  const away = { ...here, DATABASE_URL: 'postgres://navette:secret@127.0.0.1:1/navette' };
  const { code, out, err } = await runNavette(away, 'files');
  expect({ code, out, err }).toEqual({
    code: 3,
    out: '',
    err: 'navette: The database cannot be reached (ECONNREFUSED).\n',
  });
  const json = await runNavette(away, 'files', '--json');
  expect(json).toMatchObject({ code: 3, out: '' });
  expect(JSON.parse(json.err)).toMatchObject({ level: 'error', event: 'command.failed' });
  expect(json.err).not.toContain('secret');
});

test('a schema that was never made is said, with what to do', async () => {
  const empty = { ...here, DATABASE_URL: url.replace(/\/[^/]*$/, '/postgres') };
  const { code, err } = await runNavette(empty, 'status');
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('Run: navette migrate') });
});

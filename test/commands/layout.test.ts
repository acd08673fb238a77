/** `navette layout check`, `layout suggest` and `template`, as a person types them. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const home = mkdtempSync(join(tmpdir(), 'navette-layout-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
cpSync(join(ROOT, 'config'), join(home, 'config'), { recursive: true });

const start = promisify(execFile);
/** Every command is a process of its own, of which a busy machine may start one a second. */
const TIME = { timeout: 120_000 };

async function navette(...given: string[]): Promise<{ code: number; out: string; err: string }> {
  // No database can be reached: these commands need none.
  const database = 'postgres://nobody@127.0.0.1:1/none';
  const env = { ...process.env, DATABASE_URL: database, NAVETTE_HOME: home, NAVETTE_CONFIG: join(home, 'config') };
  try {
    const { stdout, stderr } = await start(join(ROOT, 'bin/navette'), given, { env, cwd: ROOT });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

const RAGGED = 'fixtures/payroll-ragged/input.csv';

test('check says where the columns are, what the first rows say, and every fault', TIME, async () => {
  const { code, out } = await navette('layout', 'check', RAGGED, '--layout', 'payroll-ragged');
  expect(code).toBe(1);
  expect(out).toMatch(/quantity +column "NOMBRE" +required/);
  expect(out).toContain('row 2: enterpriseNumber 0403019261, nationalRegisterNumber *********28, period 2026-11');
  expect(out).not.toMatch(/\b\d{11}\b/);
  expect(out).toMatch(/row\.format +2/);
  expect(out).toContain('row 7: The row does not have the agreed shape (fields expected: 11, found: 10)');
});

test('check prints one document, without what the cells hold', TIME, async () => {
  const { code, out } = await navette('layout', 'check', RAGGED, '--layout', 'payroll-ragged', '--json');
  const document = JSON.parse(out);
  expect(code).toBe(1);
  expect(document).toMatchObject({
    layout: 'payroll-ragged',
    format: 'csv',
    fits: false,
    rejected: 2,
    issuesByCode: { 'row.format': 2, 'encoding.assumed': 1 },
  });
  expect(document.columns[1]).toEqual({
    field: 'nationalRegisterNumber',
    required: true,
    by: 'header',
    header: 'NISS',
    at: 4,
  });
  expect(out).not.toContain('85073003328');
});

test('check needs a layout that is there, a file that is there, and keys that the layout takes', TIME, async () => {
  const wrong = await navette('layout', 'check', RAGGED, '--layout', 'payrol');
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('there is no such layout. Allowed: ')]);
  expect((await navette('layout', 'check', 'nowhere.csv', '--layout', 'payroll-ragged')).code).toBe(2);
  expect((await navette('layout', 'check', RAGGED, '--layout', 'payroll-ragged', '--set', 'x=1')).code).toBe(2);
});

test('check of a file that does not fit says what it is, and names all that is missing', TIME, async () => {
  const page = join(home, 'list.xlsx');
  writeFileSync(page, '<html><table></table></html>');
  const other = await navette('layout', 'check', page, '--layout', 'beneficiaries-portal');
  expect([other.code, other.out]).toEqual([1, expect.stringContaining('This is a web page')]);
  const csv = join(home, 'list.csv');
  writeFileSync(csv, 'BCE;Nom;Note\n1;2;3\n');
  const { code, out } = await navette('layout', 'check', csv, '--layout', 'payroll-generic');
  expect([code, out]).toEqual([
    1,
    expect.stringContaining('missing columns: nationalRegisterNumber, period, quantity'),
  ]);
});

test('suggest writes a layout that the configuration takes and check accepts', TIME, async () => {
  const { code, out } = await navette('layout', 'suggest', 'fixtures/payroll-fixed-signed/input.txt');
  expect(code).toBe(0);
  const id = /^id: (.*)$/m.exec(out)?.[1] ?? '';
  writeFileSync(join(home, 'config/layouts', `${id}.yaml`), out);
  expect((await navette('config', 'check')).out).toContain(id);
  const proposed = await navette(
    'layout',
    'check',
    'fixtures/payroll-fixed-signed/input.txt',
    '--layout',
    id,
    '--json',
  );
  const shipped = await navette(
    'layout',
    'check',
    'fixtures/payroll-fixed-signed/input.txt',
    '--layout',
    'payroll-fixed-signed',
    '--json',
  );
  const { layout: _, ...found } = JSON.parse(proposed.out);
  const { layout: __, ...expected } = JSON.parse(shipped.out);
  expect([found.rows, found.rejected, found.issues]).toEqual([expected.rows, expected.rejected, expected.issues]);

  const document = JSON.parse((await navette('layout', 'suggest', RAGGED, '--json')).out);
  expect(document).toMatchObject({
    kind: 'payroll',
    format: 'csv',
    delimiter: ';',
    encoding: 'windows-1252',
    headerRow: 1,
  });
  expect(document.fields[0]).toMatchObject({ field: 'enterpriseNumber', confidence: 1 });
});

test('template needs an enterprise number and somewhere to write; a known one writes the file', TIME, async () => {
  expect((await navette('template', '--employer', '1', '-o', join(home, 'x.xlsx'))).code).toBe(2);
  expect((await navette('template', '--employer', '0403019261')).code).toBe(2);
  const env = { ...process.env, NAVETTE_HOME: join(home, 'own'), NAVETTE_CONFIG: join(home, 'config') };
  const run = (...given: string[]) =>
    start(join(ROOT, 'bin/navette'), given, { env: { ...env, DATABASE_URL: '' }, cwd: ROOT });
  await run('import', 'fixtures/setup/employers.jsonl', '--layout', 'employers', '--secretariat', 'issuer');
  const file = join(home, 'template.xlsx');
  writeFileSync(file, 'older', { mode: 0o644 });
  const { stdout } = await run('template', '--employer', '0403019261', '--language', 'nl', '-o', file, '--json');
  expect(JSON.parse(stdout)).toEqual({ file, enterpriseNumber: '0403019261', language: 'nl', rows: 0 });
  expect(statSync(file).size).toBeGreaterThan(5_000);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file).toString('latin1', 0, 2)).toBe('PK');
});

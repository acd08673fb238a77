/** `npm run compare [-- --payroll-rows n --workbook-rows n --times n]`: measures both sides and writes docs/comparison.md. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/load/database.ts';
import { openEmbeddedPostgres } from '../../src/load/embedded-postgres.ts';
import { migrateSchema } from '../../src/load/migrate.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import { COUNTRY_SERVER } from '../bench.ts';
import { TODAY } from './messy-world.ts';
import { comparisonPage } from './page.ts';
import { MESSY_CASES, messyByNavette, messyByScript } from './run-messy.ts';
import { PYTHON } from './run-script.ts';
import { measureSpeed } from './speed.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = join(ROOT, 'docs/comparison.md');

const { values } = parseArgs({
  options: {
    'payroll-rows': { type: 'string', default: '200000' },
    'workbook-rows': { type: 'string', default: '20000' },
    times: { type: 'string', default: '3' },
  },
});
const sizes = {
  payrollRows: Number(values['payroll-rows']),
  workbookRows: Number(values['workbook-rows']),
  times: Number(values.times),
};
for (const [name, size] of Object.entries(sizes)) {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`${name} is a whole number from 1.`);
}

const home = await mkdtemp(join(tmpdir(), 'navette-compare-'));
const config = loadConfig(readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: join(ROOT, 'config') }));
const server = await openEmbeddedPostgres(home, COUNTRY_SERVER);
try {
  const { messy, version } = await onBothSides('messy', async (sides) => ({
    version: await sql<{ version: string }>`select current_setting('server_version') as version`.execute(
      sides.scriptDb,
    ),
    messy: {
      navette: await messyByNavette(sides.context),
      script: await messyByScript(sides.scriptUrl, sides.scriptDb, join(home, 'script')),
    },
  }));
  const speeds = await onBothSides('speed', (sides) => measureSpeed(sides, sizes));
  const page = comparisonPage({
    speeds,
    sizes,
    messy: MESSY_CASES.map((one, index) => {
      const [navette, script] = [messy.navette[index], messy.script[index]];
      if (navette === undefined || script === undefined) throw new Error('each file has an outcome on both sides');
      return { one, navette, script };
    }),
    machine: machineLines(version.rows[0]?.version ?? ''),
  });
  await writeFile(PAGE, page);
  console.log(page);
} finally {
  await server.release();
  await rm(home, { recursive: true, force: true });
}

/** Two databases of the one server: a migrated one with its products, and an empty one. */
async function onBothSides<Result>(
  name: string,
  work: (sides: Parameters<typeof measureSpeed>[0]) => Promise<Result>,
): Promise<Result> {
  const admin = await openDatabase(server.url, () => undefined);
  const names = [`navette_${name}`, `script_${name}`] as const;
  for (const one of names) await sql`create database ${sql.id(one)}`.execute(admin.db);
  await admin.close();
  const [url, scriptUrl] = names.map((one) => server.url.replace(/\/[^/]*$/, `/${one}`)) as [string, string];
  const opened: Database[] = [];
  try {
    for (const one of [url, scriptUrl]) opened.push(await openDatabase(one, () => undefined));
    const [database, script] = opened as [Database, Database];
    await migrateSchema(database.db);
    await syncReference(database.db, config);
    const now = Date.parse(`${TODAY}T11:00:00Z`);
    const context = { config, database, log: () => undefined, today: TODAY, now, home };
    return await work({ context, url, scriptDb: script.db, scriptUrl });
  } finally {
    for (const one of opened) await one.close();
  }
}

function machineLines(postgres: string): string[] {
  const python =
    'import sys, pandas, openpyxl, psycopg2; print(sys.version.split()[0], pandas.__version__, openpyxl.__version__, psycopg2.__version__.split()[0])';
  const [version, pandas, openpyxl, psycopg2] = execFileSync(PYTHON, ['-c', python], { encoding: 'utf8' })
    .trim()
    .split(' ');
  const { model = 'unknown processor' } = cpus()[0] ?? {};
  return [
    `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GB`,
    `Node ${process.versions.node}, PostgreSQL ${postgres} (${COUNTRY_SERVER.join(', ')})`,
    `Python ${version}, pandas ${pandas}, openpyxl ${openpyxl}, psycopg2 ${psycopg2}`,
  ];
}

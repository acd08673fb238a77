/** A home of its own for imports by hand: shipped configuration, real database, temporary folders, two employers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { brusselsDay, now } from '../../src/clock.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { JobContext } from '../../src/jobs/context.ts';
import { type HandGiven, importByHand } from '../../src/jobs/import/import-by-hand.ts';
import type { ImportResult } from '../../src/jobs/import/import-file.ts';
import type { Db } from '../../src/load/database.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import { openTestDatabase } from './database.ts';
import { employerLine, employersJsonl } from './employer-lines.ts';
import { inventEnterpriseNumber } from './people.ts';

const CONFIG = join(import.meta.dirname, '../../config');

export interface ImportHome {
  readonly context: JobContext;
  readonly db: Db;
  readonly folder: string;
  /** employers that secretariat alpha may act for, with a contract for meal vouchers */
  readonly employers: readonly string[];
  /** writes the file and imports it by hand as secretariat alpha */
  importAs(
    name: string,
    bytes: string | Buffer,
    given: Pick<HandGiven, 'layout'> & Partial<HandGiven>,
  ): Promise<ImportResult>;
  /** what alpha was sent, by name */
  sent(): Promise<ReadonlyMap<string, Buffer>>;
}

export async function openImportHome(change: (config: Config) => Config = (config) => config): Promise<ImportHome> {
  const database = await openTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'navette-import-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const config = change(loadConfig(readEnvironment({ NAVETTE_HOME: folder, NAVETTE_CONFIG: CONFIG })));
  await syncReference(database.db, config);
  const moment = now();
  const context: JobContext = {
    config,
    database,
    log: () => undefined,
    today: brusselsDay(moment),
    now: moment,
    home: folder,
  };

  async function importAs(name: string, bytes: string | Buffer, given: Pick<HandGiven, 'layout'> & Partial<HandGiven>) {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const [result] = await importByHand(context, [path], {
      secretariat: 'alpha',
      set: {},
      scope: null,
      mode: null,
      dryRun: false,
      ...given,
    });
    if (result === undefined) throw new Error('an import has a result');
    return result;
  }

  async function sent() {
    const out = join(folder, 'out', 'alpha');
    await mkdir(out, { recursive: true });
    const names = (await readdir(out)).sort();
    return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(out, name))] as const)));
  }

  const employers = [inventEnterpriseNumber(5_000_001), inventEnterpriseNumber(5_000_002)];
  const lines = employers.map((enterpriseNumber) =>
    employerLine(enterpriseNumber, {
      name: `Brasserie ${enterpriseNumber}`,
      mandates: [{ secretariat: 'alpha', from: '2020-01-01', to: null }],
      contracts: [{ product: 'meal', from: '2020-01-01', to: null, fees: {} }],
      standingOrders: [],
    }),
  );
  await importAs('employers.jsonl', employersJsonl(lines), { layout: 'employers', secretariat: 'issuer' });
  return { context, db: database.db, folder, employers, importAs, sent };
}

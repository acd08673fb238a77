/** One import in a process of its own, so that its time and its peak are its own: `import-once.ts <home> <database url> <file> [layout] [full|delta] [config folder]`. */
import { join } from 'node:path';
import { readEnvironment } from '../src/config/environment.ts';
import { loadConfig } from '../src/config.ts';
import { importByHand } from '../src/jobs/import/import-by-hand.ts';
import { openDatabase } from '../src/load/database.ts';
import { peakMegabytes, secondsOf } from './bench.ts';

const shipped = join(import.meta.dirname, '../config');
const [home = '', url = '', file = '', layout = 'payroll-generic', scope = 'delta', folder = shipped] =
  process.argv.slice(2);
const config = loadConfig(readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: folder }));
const database = await openDatabase(url, () => undefined);
const context = {
  config,
  database,
  log: () => undefined,
  today: '2026-12-01',
  now: Date.parse('2026-12-01T11:00:00Z'),
  home,
};
const given = {
  layout,
  secretariat: 'alpha',
  set: {},
  scope: scope === 'full' ? ('full' as const) : null,
  mode: null,
  dryRun: false,
};
let counts = {};
const seconds = await secondsOf(async () => {
  const [result] = await importByHand(context, [file], given);
  if (result?.status !== 'applied') throw new Error(`The file is ${result?.status}.`);
  counts = result.counts;
});
await database.close();
process.stdout.write(JSON.stringify({ seconds, peak: peakMegabytes(), counts }));

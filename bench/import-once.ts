/** One file from a folder drop to applied in a process of its own, so that its time and its peak are its own: `import-once.ts <home> <database url> <file> [layout] [full|delta] [config folder]`. */
import { link, mkdir, mkdtemp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readEnvironment } from '../src/config/environment.ts';
import { type Drop, loadConfig } from '../src/config.ts';
import { pull } from '../src/jobs/intake/pull.ts';
import { openDatabase } from '../src/load/database.ts';
import { peakMegabytes, secondsOf } from './bench.ts';

const shipped = join(import.meta.dirname, '../config');
const [home = '', url = '', file = '', layout = 'payroll-generic', scope = 'delta', folder = shipped] =
  process.argv.slice(2);
const config = loadConfig(readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: folder }));
const place = await mkdtemp(join(home, 'drop-'));
const paths = {
  in: join(place, 'in'),
  out: join(place, 'out'),
  archive: join(place, 'archive'),
  error: join(place, 'error'),
};
for (const path of Object.values(paths)) await mkdir(path);
await link(file, join(paths.in, basename(file)));
const drop: Drop = {
  id: 'bench',
  enabled: true,
  secretariat: 'alpha',
  kind: 'folder',
  sftp: null,
  paths,
  settled: 'rename',
  layouts: [layout],
  limits: config.navette.limits,
  scope: scope === 'full' ? 'full' : 'delta',
  mode: 'upsert',
  set: {},
  hash: 'bench',
};
const database = await openDatabase(url, () => undefined);
const context = {
  config: { ...config, drops: [drop] },
  database,
  log: () => undefined,
  today: '2026-12-01',
  now: Date.parse('2026-12-01T11:00:00Z'),
  home,
};
let counts = {};
const seconds = await secondsOf(async () => {
  const [visited] = await pull(context);
  const result = visited?.files[0]?.result;
  if (result?.status !== 'applied') throw new Error(`The file is ${result?.status ?? visited?.down}.`);
  counts = result.counts;
});
await database.close();
process.stdout.write(JSON.stringify({ seconds, peak: peakMegabytes(), counts }));

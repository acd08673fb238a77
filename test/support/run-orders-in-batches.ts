/** The job `orders` as a process that a test can kill: connection string, day, employers in a transaction; its log goes to stderr. */
import { join } from 'node:path';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import { runOrders } from '../../src/jobs/orders/run-orders.ts';
import { openDatabase } from '../../src/load/database.ts';
import { openLog } from '../../src/log.ts';

const [url = '', today = '', employersAtOnce = ''] = process.argv.slice(2);
const config = loadConfig(readEnvironment({ NAVETTE_CONFIG: join(import.meta.dirname, '../../config') }));
const log = openLog({
  level: 'info',
  format: 'json',
  to: { write: (line) => void process.stderr.write(line) },
  terminal: false,
});
const database = await openDatabase(url, () => undefined);
try {
  const context = { database, log, config: config.navette, today };
  const { parked } = await runOrders(context, { employersAtOnce: Number(employersAtOnce) });
  process.exitCode = parked.length > 0 ? 1 : 0;
} finally {
  await database.close();
}

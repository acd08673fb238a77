/** Writes `fixtures/demo`: the deliveries of a small invented world, then the bank statement that answers its invoices. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deliveries } from './demo/deliveries.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/demo');

await rm(FIXTURES, { recursive: true, force: true });
for (const { path, content } of await deliveries()) {
  await mkdir(dirname(join(FIXTURES, path)), { recursive: true });
  await writeFile(join(FIXTURES, path), content);
}

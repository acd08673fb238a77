/** Writes `fixtures/demo`: the deliveries of a small invented world, then the bank statement that answers its invoices. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { DEMO_DAYS } from '../../src/commands/demo/calendar.ts';
import { liveUntilInvoices } from '../../src/commands/demo/live-month.ts';
import { withDemo } from '../../src/commands/demo/open-demo.ts';
import { FIXTURES } from '../../src/commands/demo/served-world.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { deliveries } from './demo/deliveries.ts';
import { type InvoiceToPay, statementFile } from './demo/statement.ts';

await rm(FIXTURES, { recursive: true, force: true });
for (const { path, content } of await deliveries()) await write(path, content);
await write(`${DEMO_DAYS.bank}/bank/statement_2026-12-14.cod`, statementFile(await invoicesOfTheMonth()));

async function write(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(join(FIXTURES, path)), { recursive: true });
  await writeFile(join(FIXTURES, path), content);
}

/** What the bank's customers were asked for: the month is really lived, in a home that is thrown away. */
async function invoicesOfTheMonth(): Promise<InvoiceToPay[]> {
  const home = await mkdtemp(join(tmpdir(), 'navette-make-demo-'));
  let invoices: InvoiceToPay[] = [];
  try {
    await withDemo(
      { json: true },
      async (app, world) => {
        await liveUntilInvoices(app, world, () => undefined);
        const found = await sql<InvoiceToPay>`
          select enterprise_number as "enterpriseNumber", structured_communication as "structuredCommunication", total
            from invoice order by number`.execute(app.database.db);
        invoices = found.rows;
        return 0;
      },
      { ...readEnvironment({}), home },
    );
  } finally {
    await rm(home, { recursive: true, force: true });
  }
  return invoices;
}

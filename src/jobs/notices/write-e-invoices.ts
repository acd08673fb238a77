/** Second half of the job `notices`: each invoice and credit note also becomes an e-invoice, written once. */
import { join } from 'node:path';
import { now as clock, isoMoment } from '../../clock.ts';
import { reasonOf } from '../../load/database.ts';
import { clearPassing } from '../../load/files/passing-files.ts';
import { writeOnce } from '../../load/files/write-once.ts';
import {
  countQueuedEInvoices,
  type EInvoiceOutcome,
  lockQueuedEInvoices,
  type QueuedEInvoice,
  writeEInvoiceOutcomes,
} from '../../load/notices/e-invoice-queue.ts';
import { countTo } from '../../progress.ts';
import { type EInvoiceFacts, eInvoiceDocuments } from '../../transform/notices/e-invoice.ts';
import { ublInvoice } from '../../transform/notices/ubl-invoice.ts';
import { vatPercentOn } from '../orders/price-orders.ts';
import type { NoticeContext } from './send-notices.ts';

/** E-invoices in one transaction: what a killed run writes a second time at most, with the same names and bytes. */
const AT_ONCE = 200;

export interface WrittenEInvoices {
  /** paths of the files */
  readonly written: readonly string[];
  readonly failed: readonly { readonly enterpriseNumber: string; readonly invoice: string; readonly reason: string }[];
  /** what the folder answered when it took nothing; the others stay queued */
  readonly down: string | null;
}

/**
 * Writes `out/e-invoices/<day of issue>/<number>.xml` under NAVETTE_HOME for every queued e-invoice. One that cannot be put into
 * words stops no other; a folder that takes nothing ends the run.
 */
export async function writeEInvoices(context: NoticeContext): Promise<WrittenEInvoices> {
  const { database, log, now } = context;
  const written: string[] = [];
  const failed: { enterpriseNumber: string; invoice: string; reason: string }[] = [];
  let down: string | null = null;
  let count: number;
  await clearPassing(join(context.home, 'out', 'e-invoices'), clock());
  const queued = await countQueuedEInvoices(database.db);
  const telling = countTo(queued, context.progress?.('e-invoices', 'job.progress', { step: 'e-invoices' }));
  do {
    count = await database.db.transaction().execute(async (db) => {
      const batch = await lockQueuedEInvoices(db, AT_ONCE);
      const outcomes: EInvoiceOutcome[] = [];
      for (const invoice of batch) {
        const { enterpriseNumber, invoiceId } = invoice;
        const key = { enterpriseNumber, invoiceId };
        try {
          const files = await writeOne(context, invoice);
          outcomes.push({ ...key, status: 'written', failure: null, files: files.map((file) => file.name) });
          telling.more();
          written.push(...files.map((file) => file.path));
        } catch (error) {
          if (!(error instanceof RangeError)) {
            down = reasonOf(error);
            break;
          }
          const reason = 'e-invoice.invalid';
          outcomes.push({ ...key, status: 'failed', failure: reason, files: [] });
          failed.push({ enterpriseNumber, invoice: invoice.number, reason });
          log('e-invoice.failed', { enterpriseNumber, invoice: invoice.number, reason });
        }
      }
      await writeEInvoiceOutcomes(db, outcomes, isoMoment(now));
      return batch.length;
    });
  } while (count === AT_ONCE && down === null);
  telling.end();
  if (written.length > 0) log('e-invoice.written', { invoices: written.length });
  if (down !== null) log('e-invoice.failed', { reason: down });
  return { written, failed, down };
}

async function writeOne({ config, home }: NoticeContext, invoice: QueuedEInvoice) {
  const { issuer, vat, eInvoice } = config.navette;
  const texts = config.messages[invoice.language];
  const documents = eInvoiceDocuments(
    eInvoiceFacts(invoice, issuer, vatPercentOn(vat, invoice.issuedOn)),
    eInvoice.vatStrategy,
    {
      ...texts.eInvoice,
      fees: texts.notice.labels,
    },
  );
  const all = join(home, 'out', 'e-invoices');
  const folder = join(all, invoice.issuedOn);
  const files: { name: string; path: string }[] = [];
  for (const document of documents) {
    const name = `${document.number}.xml`;
    files.push({ name, path: await writeOnce(folder, name, ublInvoice(document), all) });
  }
  return files;
}

function eInvoiceFacts(
  invoice: QueuedEInvoice,
  issuer: NoticeContext['config']['navette']['issuer'],
  vatPercent: string,
): EInvoiceFacts {
  const { costCenter, employerName, enterpriseNumber, lines } = invoice;
  return {
    ...invoice,
    kind: invoice.kind === 'credit' ? 'credit-note' : 'invoice',
    costCenterLabel: costCenter?.label ?? null,
    seller: issuer,
    buyer: { name: employerName, enterpriseNumber, address: costCenter },
    fees: lines,
    vatPercent,
  };
}

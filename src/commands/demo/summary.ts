/** The demo's summary as one document: what this run did, what stands in the books, and where everything lies. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Books, readBooks } from '../../load/check-books.ts';
import {
  countCarried,
  countIssues,
  countNotices,
  countPayments,
  countWorld,
  readOrdersTold,
  readReleaseNames,
} from '../../load/demo-month.ts';
import { readWaitingDrafts } from '../../load/orders/waiting-drafts.ts';
import { type Cents, type FileCounts, ISSUE_CODES, type IssueCode } from '../../model.ts';
import { renderSentence } from '../../transform/values/message-text.ts';
import { isStructuredCommunication } from '../../transform/values/structured-communication.ts';
import type { App } from '../app.ts';
import type { LivedMonth } from './live-month.ts';
import { addCounts } from './words.ts';

export type DemoSummary = Awaited<ReturnType<typeof summariseDemo>>;

/** `again`: the same month was lived before. */
export async function summariseDemo(app: App, month: LivedMonth, again: boolean) {
  const { db } = app.database;
  const fileIds = month.files.flatMap(({ result }) => result.fileId ?? []);
  const issues = await countIssues(db, fileIds);
  const released = await releasesOf(app);
  const applied = month.files.filter(({ result }) => result.status === 'applied');
  const { ordersMade, ordersConfirmed, noticesSent, eInvoicesWritten, ordersReleased } = month;
  const done = {
    filesApplied: applied.length,
    ordersMade,
    ordersConfirmed,
    noticesSent,
    eInvoicesWritten,
    ordersReleased,
  };
  return {
    again,
    /** nothing of what this run did had been done before */
    nothingTwice: again && Object.values(done).every((count) => count === 0),
    thisRun: done,
    files: month.files.map(({ drop, day, name, result }) => ({
      drop,
      day,
      name,
      outcome: result.status,
      counts: result.counts,
    })),
    rows: rowsByKind(month),
    world: await countWorld(db),
    reasons: issues
      .filter(({ severity }) => severity === 'error')
      .map(({ code, issues: rows }) => ({ code, rows, sentence: sentenceOf(app, code) })),
    notes: issues.filter(({ severity }) => severity === 'warning').map(({ code, issues: rows }) => ({ code, rows })),
    orders: await readOrdersTold(db),
    waiting: await readWaitingDrafts(db),
    carried: await countCarried(db),
    notices: await countNotices(db),
    payments: await countPayments(db),
    released,
    books: checkedBooks(await readBooks(db), released, moneyOfEInvoices(app.environment.home)),
    outputs: outputsOf(app.environment.home),
  };
}

/** What a code says when nothing is known of the cell: up to where it turns to advice. */
function sentenceOf(app: App, code: string): string {
  const known = ISSUE_CODES.find((one): one is IssueCode => one === code);
  if (known === undefined) return '';
  return renderSentence(app.config.messages.en.issues[known], {}, 'en').replace(/[;:.].*$/s, '');
}

/** A file's kind by how the demo's senders name them. */
function rowsByKind({ files }: LivedMonth): { what: string; files: number; counts: FileCounts }[] {
  const kinds = Map.groupBy(files, ({ drop, name }) => {
    if (drop === 'issuer') return 'employers';
    if (drop === 'bank') return 'bank entries';
    return /^\d{10}/.test(name) ? 'people' : 'payroll counts';
  });
  return [...kinds].map(([what, some]) => ({ what, files: some.length, counts: addCounts(some) }));
}

/** The release files with the money that stands in them. */
async function releasesOf(app: App) {
  const folder = join(app.environment.home, 'out', 'card-platform');
  return (await readReleaseNames(app.database.db)).map((release) => {
    const path = join(folder, release.name);
    const [, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
    const cells = lines.map((line) => line.split(';'));
    return {
      ...release,
      lines: lines.length,
      newCards: cells.filter(([, , card]) => card === 'new').length,
      money: cells.reduce((sum, [, , , , , , value, quantity]) => sum + Number(value) * Number(quantity), 0),
    };
  });
}

/** What the e-invoices ask for, credit notes taken off: read from the files, as who receives them reads it. */
function moneyOfEInvoices(home: string): Cents {
  return filesUnder(join(home, 'out', 'e-invoices')).reduce((sum, path) => {
    const xml = readFileSync(path, 'utf8');
    const [, euros = '', cents = ''] = /<cbc:PayableAmount[^>]*>(\d+)\.(\d\d)</.exec(xml) ?? [];
    return sum + (xml.includes('<CreditNote ') ? -1 : 1) * Number(euros + cents);
  }, 0);
}

export interface CheckedBook {
  readonly promise: string;
  /** amounts that must be equal, or parts and their whole; a count is marked by its noun */
  readonly told: readonly { readonly what: string; readonly cents?: Cents; readonly count?: number }[];
  readonly kept: boolean;
}

function checkedBooks(
  books: Books,
  released: readonly { readonly money: Cents; readonly faceValueTotal: Cents }[],
  eInvoiceMoney: Cents,
): CheckedBook[] {
  const { granted, ordered, carried, lineMoney, orderMoney, invoices, communications } = books;
  const inFiles = released.reduce((sum, { money }) => sum + money, 0);
  const ofOrders = released.reduce((sum, { faceValueTotal }) => sum + faceValueTotal, 0);
  return [
    {
      promise: 'what payroll grants is ordered or carried',
      told: [
        { what: 'granted', cents: granted },
        { what: 'ordered', cents: ordered },
        { what: 'carried', cents: carried },
      ],
      kept: books.brokenGrants === 0 && granted === ordered + carried,
    },
    {
      promise: 'an order is the sum of its lines',
      told: [
        { what: 'lines', cents: lineMoney },
        { what: 'orders', cents: orderMoney },
      ],
      kept: lineMoney === orderMoney,
    },
    {
      promise: 'what is released is what was ordered',
      told: [
        { what: 'lines', cents: books.releasedMoney },
        { what: 'orders', cents: ofOrders },
        { what: 'release files', cents: inFiles },
      ],
      kept: books.releasedMoney === ofOrders && ofOrders === inFiles,
    },
    {
      promise: 'an invoice is face value, fees and VAT',
      told: [
        { what: 'invoices', count: invoices },
        { what: 'add up', count: invoices - books.brokenInvoices },
      ],
      kept: books.brokenInvoices === 0,
    },
    {
      promise: 'confirmed orders are the sum of their invoices',
      told: [
        { what: 'orders', cents: books.confirmedMoney },
        { what: 'invoices', cents: books.invoiceMoney },
      ],
      kept: books.confirmedMoney === books.invoiceMoney,
    },
    {
      promise: 'e-invoices ask for what the invoices ask for',
      told: [
        { what: 'invoices', cents: books.invoiceMoney },
        { what: 'e-invoices', cents: eInvoiceMoney },
      ],
      kept: books.invoiceMoney === eInvoiceMoney,
    },
    {
      promise: 'communications are valid, no two alike',
      told: [
        { what: 'invoices', count: communications.length },
        { what: 'valid', count: communications.filter(isStructuredCommunication).length },
        { what: 'different', count: new Set(communications).size },
      ],
      kept: communications.every(isStructuredCommunication) && new Set(communications).size === communications.length,
    },
  ];
}

function outputsOf(home: string): { what: string; path: string; files: number }[] {
  const places: [string, string][] = [
    ['invoice notices (.eml)', join(home, 'out', 'notices')],
    ['e-invoices (Peppol BIS Billing 3.0)', join(home, 'out', 'e-invoices')],
    ['release files for the card platform', join(home, 'out', 'card-platform')],
    ['receipts, as each secretariat finds them', join(home, 'sftp', 'alpha', 'out')],
    ['files that were applied', join(home, 'sftp', 'alpha', 'archive')],
    ['files that were rejected', join(home, 'sftp', 'alpha', 'error')],
  ];
  return [
    ...places.map(([what, path]) => ({ what, path, files: filesUnder(path).length })),
    { what: 'the log, as JSON lines', path: join(home, 'demo.log'), files: 1 },
  ];
}

/** Paths of the files in a folder and in the folders within it; none when it is not there. */
function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

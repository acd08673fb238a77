/** The demo's summary as a person reads it, no line wider than 110 columns. */
import { relative } from 'node:path';
import { euros, table } from '../print.ts';
import type { CheckedBook, DemoSummary } from './summary.ts';
import { plural, wrap } from './words.ts';

const MOST_REASONS = 12;
const PAYMENT_WORDS: Readonly<Record<string, string>> = {
  matched: 'exactly what an invoice asks',
  partial: 'less than the invoice: waits for operations',
  over: 'more than the invoice: waits for operations',
  duplicate: 'the invoice was paid before: waits for operations',
  unknown: 'names no invoice: waits for operations',
  ignored: 'money that goes out',
  reversed: 'taken back by the bank',
  accepted: 'accepted by a person',
};

export function summaryLines(summary: DemoSummary): string[] {
  return [
    ...section('Files of this run', fileLines(summary)),
    ...section('Rows of this run', rowLines(summary)),
    ...section('Why rows and files were refused', reasonLines(summary)),
    ...section('Orders', orderLines(summary)),
    ...section('Invoice notices', noticeLines(summary)),
    ...section('Payments', paymentLines(summary)),
    ...section('Released', releaseLines(summary)),
    ...section('Books', table(['', '', ''], summary.books.map(bookCells))),
    ...section('Outputs', outputLines(summary)),
    ...(summary.again ? ['', ...wrap(twiceLine(summary))] : []),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', title, '-'.repeat(title.length), ...lines.filter((line) => line !== '')];
}

const dash = (count: number): string => (count === 0 ? '' : String(count));

function fileLines({ files }: DemoSummary): string[] {
  const rows = files.map(({ drop, name, outcome, counts }) => [
    drop,
    name,
    outcome,
    ...[
      counts.read,
      counts.created,
      counts.updated + counts.reactivated,
      counts.unchanged,
      counts.rejected,
      counts.duplicateInFile,
      counts.deactivated,
    ].map(dash),
  ]);
  return table(['from', 'file', 'outcome', 'rows', 'new', 'changed', 'same', 'refused', 'twice', 'left'], rows);
}

function rowLines({ rows, world }: DemoSummary): string[] {
  const lines = rows.map(({ what, files, counts }) => [
    what,
    ...[
      files,
      counts.read,
      counts.created,
      counts.updated,
      counts.reactivated,
      counts.unchanged,
      counts.rejected,
      counts.duplicateInFile,
      counts.deactivated,
    ].map(String),
  ]);
  const head = [
    '',
    'files',
    'read',
    'created',
    'updated',
    'reactivated',
    'unchanged',
    'rejected',
    'duplicate',
    'deactivated',
  ];
  return [
    ...table(head, lines),
    `Now on record: ${world.employers} employers, ${world.active} active people, ${world.inactive} who left, ${world.cards} active cards.`,
  ];
}

function reasonLines({ reasons, notes }: DemoSummary): string[] {
  const shown = reasons
    .slice(0, MOST_REASONS)
    .map(({ rows, code, sentence }) => [String(rows), code, shortened(sentence)]);
  const rest = reasons.slice(MOST_REASONS);
  const more = rest.length === 0 ? '' : `And ${rest.map(codeCount).join(', ')}.`;
  const noted = notes.map(codeCount).join(', ');
  return [...table(['', '', ''], shown), ...wrap(more), ...(noted === '' ? [] : wrap(`Only noted: ${noted}.`))];
}

const codeCount = ({ code, rows }: { code: string; rows: number }): string => `${rows}\u00a0${code}`;

function shortened(sentence: string): string {
  return sentence.length <= 84 ? sentence : `${sentence.slice(0, 83).trimEnd()}…`;
}

function orderLines({ orders, waiting, carried }: DemoSummary): string[] {
  const rows = orders.map((order) => [
    String(order.id),
    order.employerName,
    order.reference,
    String(order.people),
    String(order.vouchers),
    String(order.invoices),
    euros(order.total),
    order.status,
  ]);
  const total = orders.reduce((sum, order) => sum + order.total, 0);
  return [
    ...table(['order', 'employer', 'reference', 'people', 'vouchers', 'invoices', 'total', 'status'], rows),
    `${plural(orders.length, 'order')}, ${euros(total)} in total.`,
    ...waiting.flatMap(({ id, employerName, codes }) =>
      wrap(`Order ${id} of ${employerName} waits for a person, as this employer wants (${codes.join(', ')}).`),
    ),
    ...(carried.length === 0 ? [] : wrap(`Granted, not ordered: ${carried.map(carriedWords).join(', ')}.`)),
  ];
}

function carriedWords({ reason, people, amount }: DemoSummary['carried'][number]): string {
  return `${euros(amount)} of ${people === 1 ? '1 person' : `${people} people`} (${reason})`;
}

function noticeLines({ notices }: DemoSummary): string[] {
  return table(
    ['language', 'status', 'notices'],
    notices.map(({ language, status, notices: count }) => [language, status, String(count)]),
  );
}

function paymentLines({ payments }: DemoSummary): string[] {
  const rows = payments.map(({ status, entries, amount, employers }) => [
    status,
    String(entries),
    euros(amount),
    `${PAYMENT_WORDS[status] ?? ''}${employers === null ? '' : ` (${employers})`}`,
  ]);
  return table(['status', 'entries', 'amount', ''], rows);
}

function releaseLines({ released }: DemoSummary): string[] {
  const rows = released.map((release) => [
    release.employerName,
    release.name,
    String(release.lines),
    String(release.newCards),
    euros(release.money),
  ]);
  return table(['employer', 'file', 'lines', 'new cards', 'face value'], rows);
}

function bookCells({ promise, told, kept }: CheckedBook): string[] {
  const amounts = told.map(({ what, cents, count }) => `${what} ${cents === undefined ? count : euros(cents)}`);
  return [kept ? 'kept' : 'BROKEN', promise, amounts.join(', ')];
}

function outputLines({ outputs }: DemoSummary): string[] {
  return table(
    ['', '', ''],
    outputs.map(({ what, path, files }) => [String(files), what, fromHere(path)]),
  );
}

/** As short as it can be typed. */
function fromHere(path: string): string {
  const short = relative('', path);
  return short.length < path.length ? short : path;
}

function twiceLine({ nothingTwice, files, thisRun }: DemoSummary): string {
  if (!nothingTwice) return 'This run went on where an earlier one had ended.';
  const known = files.filter(({ outcome }) => outcome === 'duplicate').length;
  const refused = files.length - known;
  return (
    `Nothing was done twice: ${known} files were recognised, ${refused} unreadable or unmandated ones refused again; ` +
    `no new order (${thisRun.ordersMade}), no new notice (${thisRun.noticesSent}), no new release (${thisRun.ordersReleased}).`
  );
}

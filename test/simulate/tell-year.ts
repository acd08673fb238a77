/** Owns the books of the simulated year as a page of text: months, senders, payers, disturbances, promises, and a digest of it all. */
import { createHash } from 'node:crypto';
import type { Cents } from '../../src/model.ts';
import { PAYERS } from './bank.ts';
import { HABITS } from './delivery.ts';
import type { LivedYear } from './live-year.ts';
import type { Proof } from './prove-year.ts';

/** At most so many faults of a promise are printed. */
const FAULTS_TOLD = 12;

/** The same seed and size give the same lines, whenever what was killed died. */
export function tellYear(year: LivedYear, proofs: readonly Proof[]): string[] {
  const { months, employers, secretariats, seed, kills } = year.country;
  const lines = [
    `A year of a small country: ${months} months, ${employers} employers, ${secretariats} secretariats, seed ${seed}, ${kills} kills a month.`,
    '',
    ...monthLines(year),
    '',
    ...senderLines(year),
    '',
    ...payerLines(year),
    '',
    ...peopleLines(year),
    '',
    'Promises',
    ...proofs.flatMap(({ promise, broken }) => [
      `  ${broken.length === 0 ? 'kept  ' : 'BROKEN'}  ${promise}`,
      ...broken.slice(0, FAULTS_TOLD).map((one) => `            ${one}`),
      ...(broken.length > FAULTS_TOLD ? [`            and ${broken.length - FAULTS_TOLD} more`] : []),
    ]),
    '',
  ];
  return [...lines, `Digest ${createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16)}`];
}

function monthLines({ months }: LivedYear): string[] {
  const titles = ['worked', 'files', 'rows', 'refused', 'people', 'orders', 'ordered', 'invoiced', 'paid', 'open'];
  const rows = months.map((one) => [
    one.period,
    String(one.files),
    String(one.rows),
    String(one.rejected),
    String(one.active),
    String(one.orders),
    euros(one.ordered),
    euros(one.invoiced),
    euros(one.paid),
    euros(one.open),
  ]);
  const widths = [9, 7, 8, 8, 8, 8, 14, 14, 14, 14];
  return [titles, ...rows].map((cells) => cells.map((cell, at) => cell.padStart(widths[at] ?? 0)).join(''));
}

function senderLines({ country, deliveries }: LivedYear): string[] {
  const codes = country.secretariatsUsed.map(({ code }) => code);
  const count = (code: string, habit: string) =>
    deliveries.filter((one) => one.habit === habit && one.drop.replace(/-\d+$/, '') === code).length;
  return [
    `Files by what their sender did${codes.map((code) => code.padStart(9)).join('')}`,
    ...HABITS.map(
      (habit) => `  ${habit.padEnd(28)}${codes.map((code) => String(count(code, habit)).padStart(9)).join('')}`,
    ),
  ];
}

function payerLines({ payments }: LivedYear): string[] {
  const all = [...payments.values()];
  return [
    'Invoices by how they were paid',
    ...PAYERS.map(
      (payer) => `  ${payer.padEnd(14)}${String(all.filter((one) => one.payer === payer).length).padStart(7)}`,
    ),
  ];
}

function peopleLines({ decided, closed, disturbed, country }: LivedYear): string[] {
  const employments = country.employersAll.flatMap((one) => one.employments);
  const left = employments.filter(({ to }) => to !== null).length;
  return [
    `People: ${employments.length} employments, ${left} of which ended. Employers that never paid and were closed: ${closed.size}.`,
    `A person approved ${decided.approved} held files and set ${decided.discarded} aside, confirmed ${decided.confirmed} drafts,`,
    `said of ${decided.accepted} transfers whose they were, made ${decided.leaversOrdered} orders for leavers, cancelled ${decided.cancelled} orders.`,
    `The senders' server was away for ${disturbed.serverDays} days. Days on which Navette or its database was to be killed: ${disturbed.planned}.`,
  ];
}

function euros(cents: Cents): string {
  const [whole = '', rest = ''] = (cents / 100).toFixed(2).split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ' ')}.${rest}`;
}

/** What `navette status` says, line by line, out of how everything stands. */
import { brusselsTime } from '../clock.ts';
import type { DropOutlook, Outlook } from '../jobs/health/outlook.ts';
import type { SlotsAhead } from '../jobs/orders/find-due-orders.ts';
import type { findQuarterSoonDue } from '../jobs/orders/watch-quarter.ts';
import { counted, euros, none, table } from './print.ts';

type QuarterDue = Awaited<ReturnType<typeof findQuarterSoonDue>>;

export interface Standing {
  readonly outlook: Outlook;
  readonly slots: readonly SlotsAhead[];
  readonly quarterDue: QuarterDue;
  /** milliseconds since 1970 UTC */
  readonly now: number;
}

/** One screen; every time in it is Brussels time and says so. */
export function statusLines({ outlook, slots, quarterDue, now }: Standing): string[] {
  return [
    `Navette, ${brusselsTime(now)} (all times are Brussels time)`,
    '',
    `Workers  ${workersLine(outlook)}`,
    `Queue    ${counted(outlook.queue.waiting, 'file')} waiting, ${outlook.queue.active} in hand`,
    ...section('Drops', dropLines(outlook.drops)),
    ...section('Waits for a person', waitingLines(outlook, quarterDue)),
    ...section('Next', nextLines(outlook, slots)),
  ];
}

function workersLine({ workers }: Outlook): string {
  const alive = workers.filter((worker) => worker.alive);
  const lost = workers.length - alive.length;
  const told = alive.map(({ host, startedAt }) => `${host} since ${brusselsTime(startedAt)}`);
  const first = alive.length === 0 ? 'none is alive: navette start' : `${alive.length} alive: ${told.join(', ')}`;
  return `${first}${lost === 0 ? '' : `; ${lost} lost without a word in the last day`}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', title, ...lines.map((line) => (line === '' ? '' : `  ${line}`))];
}

function dropLines(drops: readonly DropOutlook[]): string[] {
  if (drops.length === 0) return [none('drops')];
  const rows = drops.map((drop) => [
    drop.id,
    String(drop.files),
    drop.lastReceivedAt === null ? '-' : brusselsTime(drop.lastReceivedAt),
    drop.lastStatus ?? '-',
    drop.expectedBy === null ? '-' : `by ${drop.expectedBy}${drop.overdue ? ', overdue' : ''}`,
    stateOf(drop),
  ]);
  return table(['drop', 'files', 'last file', 'it is', 'next expected', 'state'], rows);
}

function stateOf({ downSince, downReason, seenAt }: DropOutlook): string {
  if (downSince !== null) return `DOWN since ${brusselsTime(downSince)} (${downReason})`;
  return seenAt === null ? 'not visited yet' : `read ${brusselsTime(seenAt)}`;
}

const PARTS_TOLD = 5;

function waitingLines(health: Outlook, quarterDue: QuarterDue): string[] {
  const plans = health.plans.map(({ planHash, fileId, dropId, heldAt, expiresAt, gates }) => {
    const since = `held ${brusselsTime(heldAt)}, expires ${brusselsTime(expiresAt)}`;
    return `${planHash.slice(0, 12)}  file ${fileId} of ${dropId}, ${since} (${gates.join(', ')})`;
  });
  const parked = health.parked.map(
    ({ id, dropId, name, receivedAt }) => `file ${id} of ${dropId}, ${name}, ${brusselsTime(receivedAt)}`,
  );
  const brokenOff = health.brokenOff.map(
    ({ id, dropId, name }) => `file ${id} of ${dropId}, ${name}, its import broke off: navette file retry ${id}`,
  );
  const amount = (cents: number): string => `(${euros(cents)} EUR)`;
  const quarter = quarterDue?.quarter ?? '';
  const waiting: [count: number, one: string, many: string, command: string, parts?: readonly string[]][] = [
    [health.heldPlans, 'held plan', 'held plans', 'navette plans', plans],
    [health.parkedFiles, 'parked file', 'parked files', 'navette files --status parked', parked],
    [health.unfinishedFiles, 'unfinished file', 'unfinished files', 'navette files', brokenOff],
    [health.draftOrders, 'draft order', 'draft orders', 'navette orders --status draft'],
    [
      health.unpaidOrders,
      `unpaid order ${amount(health.unpaidTotal)}`,
      `unpaid orders ${amount(health.unpaidTotal)}`,
      'navette orders --status invoiced',
    ],
    [health.overdueInvoices, 'overdue invoice', 'overdue invoices', 'navette orders --status invoiced'],
    [health.queuedNotices, 'queued notice', 'queued notices', 'navette notices --status queued'],
    [health.failedNotices, 'failed notice', 'failed notices', 'navette notices --status failed'],
    [health.openBankEntries, 'bank entry to decide', 'bank entries to decide', 'navette payments'],
    [
      health.paymentsTakenBack,
      'payment taken back after release',
      'payments taken back after release',
      'navette payments --status reversed',
    ],
    [
      health.refundsDue,
      `cancelled order to pay back ${amount(health.refundTotal)}`,
      `cancelled orders to pay back ${amount(health.refundTotal)}`,
      'navette orders --status cancelled',
    ],
    [
      quarterDue?.employers ?? 0,
      `employer incomplete for ${quarter}, due ${quarterDue?.dueOn}`,
      `employers incomplete for ${quarter}, due ${quarterDue?.dueOn}`,
      `navette report --quarter ${quarter}`,
    ],
  ];
  const told = waiting.filter(([count]) => count > 0);
  if (told.length === 0) return ['Nothing.'];
  const width = Math.max(...told.map(([count, one, many]) => counted(count, one, many).length));
  return told.flatMap(([count, one, many, command, parts = []]) => {
    const shown = parts.slice(0, PARTS_TOLD).map((part) => `    ${part}`);
    const more = shown.length > 0 && count > shown.length ? [`    and ${count - shown.length} more`] : [];
    return [`${counted(count, one, many).padEnd(width)}  ${command}`, ...shown, ...more];
  });
}

const STATES = { due: 'due', 'waits-for-payroll': 'waiting for payroll', 'to-come': 'to come' } as const;
const SLOTS_TOLD = 6;
/** Of those, slots that are due or wait for payroll: some may wait for months, and must not hide what comes next. */
const SLOTS_BEHIND_TOLD = 3;

function nextLines({ jobs }: Outlook, slots: readonly SlotsAhead[]): string[] {
  const jobRows = jobs.map(({ job, lastDoneAt, nextDue, lagSeconds }) => [
    job,
    nextDue === null ? '-' : brusselsTime(nextDue),
    lastDoneAt === null ? 'never' : brusselsTime(lastDoneAt),
    lagSeconds < 120 ? '' : `LATE by ${Math.floor(lagSeconds / 60)} min`,
  ]);
  const behind = slots.filter(({ state }) => state !== 'to-come').slice(-SLOTS_BEHIND_TOLD);
  const ahead = slots.filter(({ state }) => state === 'to-come').slice(0, SLOTS_TOLD - behind.length);
  const shown = [...behind, ...ahead];
  const slotRows = shown.map(({ dueOn, state, productCode, period, orders }) => [
    dueOn,
    counted(orders, `standing order`),
    productCode,
    `worked ${period}`,
    STATES[state],
  ]);
  return [
    ...(jobRows.length === 0 ? [none('scheduled jobs')] : table(['job', 'next', 'last done', ''], jobRows)),
    '',
    ...(slotRows.length === 0
      ? [none('standing orders due within a month')]
      : table(['due on', 'slots', 'product', 'month', ''], slotRows)),
    ...(slots.length > shown.length ? [`and ${slots.length - shown.length} more`] : []),
  ];
}

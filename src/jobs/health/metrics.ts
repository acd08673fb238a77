/** What monitors read of a worker: counters of what it did, and how everything stands; the only file that knows prom-client. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { OUR_DISK } from '../../ingest/drops/own-disk.ts';
import type { Log, LogFacts } from '../../log.ts';
import { LOG_EVENTS, type LogEvent } from '../../log-events.ts';
import type { Outlook } from './outlook.ts';

export interface Metrics {
  /** The log that is given, with everything it says counted. */
  readonly counting: (log: Log) => Log;
  /** The page in Prometheus' text format; null says that the database could not be asked. */
  readonly page: (outlook: Outlook | null) => Promise<string>;
  readonly contentType: string;
}

/** What became of a file, by the event that says so. */
const FILE_OUTCOMES: Partial<Record<LogEvent, string>> = {
  'file.applied': 'applied',
  'file.duplicate': 'duplicate',
  'file.superseded': 'superseded',
  'file.held': 'held',
  'file.rejected': 'rejected',
  'file.parked': 'parked',
};
const ROW_OUTCOMES = ['created', 'updated', 'unchanged', 'reactivated', 'rejected', 'duplicateInFile'] as const;

type Values = readonly (readonly [labels: Readonly<Record<string, string>>, value: number | null])[];

/** One gauge a line: its name after `navette_`, what it says, its labels, and its values. */
const GAUGES: readonly (readonly [string, string, readonly string[], (outlook: Outlook) => Values])[] = [
  [
    'drop_last_success_timestamp_seconds',
    'When a worker read the drop last, or began to watch it; about once a minute while a visit lasts.',
    ['drop'],
    ({ drops }) => drops.map(({ id, seenAt }) => [{ drop: id }, seconds(seenAt)]),
  ],
  [
    'drop_last_file_timestamp_seconds',
    'When the last file of the drop came.',
    ['drop'],
    ({ drops }) => drops.map(({ id, lastReceivedAt }) => [{ drop: id }, seconds(lastReceivedAt)]),
  ],
  [
    'drop_down',
    '1 while the drop cannot be read.',
    ['drop'],
    ({ drops }) => drops.map(({ id, downSince }) => [{ drop: id }, downSince === null ? 0 : 1]),
  ],
  [
    'drop_overdue',
    '1 when the drop brought nothing by the day on which it was expected.',
    ['drop'],
    ({ drops }) => drops.map(({ id, overdue }) => [{ drop: id }, overdue ? 1 : 0]),
  ],
  [
    'job_last_success_timestamp_seconds',
    'When the scheduled job was done last.',
    ['job'],
    ({ jobs }) => jobs.map(({ job, lastDoneAt }) => [{ job }, seconds(lastDoneAt)]),
  ],
  [
    'job_lag_seconds',
    'Since when a slot of the scheduled job is due and not done.',
    ['job'],
    ({ jobs }) => jobs.map(({ job, lagSeconds }) => [{ job }, lagSeconds]),
  ],
  [
    'queue_jobs',
    'Files in the queue.',
    ['state'],
    ({ queue }) => [
      [{ state: 'waiting' }, queue.waiting],
      [{ state: 'active' }, queue.active],
    ],
  ],
  ['workers_alive', 'Workers that say they are alive.', [], ({ workers }) => one(workers.filter(isAlive).length)],
  ['held_plans', 'Plans that wait for a person.', [], ({ heldPlans }) => one(heldPlans)],
  [
    'held_plan_oldest_age_seconds',
    'Since when the oldest held plan waits.',
    [],
    ({ oldestPlanSeconds }) => one(oldestPlanSeconds),
  ],
  ['parked_files', 'Files that failed too often.', [], ({ parkedFiles }) => one(parkedFiles)],
  ['unfinished_files', 'Files seen, waiting or fetched.', [], ({ unfinishedFiles }) => one(unfinishedFiles)],
  [
    'notices',
    'Invoice notices that were not handed over.',
    ['status'],
    ({ queuedNotices, failedNotices }) => [
      [{ status: 'queued' }, queuedNotices],
      [{ status: 'failed' }, failedNotices],
    ],
  ],
  ['draft_orders', 'Orders that wait for a person.', [], ({ draftOrders }) => one(draftOrders)],
  ['unpaid_orders', 'Orders that are invoiced and not paid.', [], ({ unpaidOrders }) => one(unpaidOrders)],
  ['unpaid_cents', 'What unpaid orders come to, in cents.', [], ({ unpaidTotal }) => one(unpaidTotal)],
  ['overdue_invoices', 'Open invoices whose due day has passed.', [], ({ overdueInvoices }) => one(overdueInvoices)],
  ['open_bank_entries', 'Bank entries that wait for a person.', [], ({ openBankEntries }) => one(openBankEntries)],
  [
    'payments_taken_back',
    'Payments that went back after their order was released.',
    [],
    ({ paymentsTakenBack }) => one(paymentsTakenBack),
  ],
  ['refunds_due', 'Cancelled orders whose money is to be paid back.', [], ({ refundsDue }) => one(refundsDue)],
];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const events = new Counter({
    name: 'navette_events_total',
    help: 'Log events of this worker since it was started.',
    labelNames: ['event', 'level'],
    registers,
  });
  // An increase is only seen from a number that was there before.
  for (const [event, [level]] of Object.entries(LOG_EVENTS)) events.inc({ event, level }, 0);
  const files = new Counter({
    name: 'navette_files_total',
    help: 'Files that this worker decided, by what became of them.',
    labelNames: ['drop', 'outcome'],
    registers,
  });
  const rows = new Counter({
    name: 'navette_rows_total',
    help: 'Rows of the files that this worker applied, by what became of them.',
    labelNames: ['drop', 'outcome'],
    registers,
  });
  const postponed = new Counter({
    name: 'navette_files_postponed_total',
    help: 'Tries of this worker that were put off, by reason.',
    labelNames: ['reason'],
    registers,
  });
  // They need somebody at once, however few files they meet.
  for (const reason of OUR_DISK) postponed.inc({ reason }, 0);
  const database = new Gauge({
    name: 'navette_database_up',
    help: '1 when the database answered this question.',
    registers,
  });
  const gauges = GAUGES.map(([name, help, labelNames, values]) => {
    return { gauge: new Gauge({ name: `navette_${name}`, help, labelNames: [...labelNames], registers }), values };
  });
  const count = (event: LogEvent, { drop = 'manual', counts, reason = 'unknown' }: LogFacts): void => {
    events.inc({ event, level: LOG_EVENTS[event][0] });
    if (event === 'file.postponed') postponed.inc({ reason });
    const outcome = FILE_OUTCOMES[event];
    if (outcome === undefined) return;
    files.inc({ drop, outcome });
    if (event !== 'file.applied' || counts === undefined) return;
    for (const each of ROW_OUTCOMES) rows.inc({ drop, outcome: each }, counts[each]);
  };
  return {
    counting: (log) => (event, facts) => {
      count(event, facts ?? {});
      log(event, facts);
    },
    page: (outlook) => {
      database.set(outlook === null ? 0 : 1);
      for (const { gauge, values } of gauges) {
        // A drop that is gone, or a database that is away, must not leave yesterday's number behind.
        gauge.reset();
        if (outlook === null) gauge.remove({});
        for (const [labels, value] of outlook === null ? [] : values(outlook)) {
          if (value !== null) gauge.set(labels, value);
        }
      }
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function isAlive({ alive }: { readonly alive: boolean }): boolean {
  return alive;
}

function one(value: number): Values {
  return [[{}, value]];
}

function seconds(moment: string | null): number | null {
  return moment === null ? null : Date.parse(moment) / 1000;
}

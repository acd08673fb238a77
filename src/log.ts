/** The log: JSON lines by pino with stable event codes; a fact appears only when its name stands on the list below. */
import { randomUUID } from 'node:crypto';
import { type DestinationStream, destination, type Level, pino } from 'pino';
import type { LogFormat, LogLevel } from './config/environment.ts';
import { LOG_EVENTS, type LogEvent } from './log-events.ts';
import { prettyLines } from './log-pretty.ts';
import type { FileCounts } from './model.ts';

/**
 * The facts a line may carry: codes, ids, counts, moments. Anything that could hold personal data, a cell,
 * an account or a raw error has no name here, and a list is safer than masking what one happens to think of.
 */
export interface LogFacts {
  readonly fileId?: number;
  readonly drop?: string;
  readonly secretariat?: string;
  readonly file?: string;
  readonly layout?: string;
  readonly status?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly counts?: FileCounts;
  readonly warnings?: number;
  readonly issues?: number;
  readonly planHash?: string;
  readonly duplicateOf?: number;
  readonly enterpriseNumber?: string;
  readonly orderId?: number;
  readonly standingOrder?: string;
  readonly product?: string;
  readonly period?: string;
  readonly orders?: number;
  readonly lines?: number;
  readonly totalCents?: number;
  readonly invoices?: number;
  readonly invoice?: string;
  readonly kind?: string;
  readonly language?: string;
  readonly channel?: string;
  readonly attempts?: number;
  readonly people?: number;
  readonly employers?: number;
  readonly quarter?: string;
  readonly dueOn?: string;
  readonly entries?: number;
  readonly byStatus?: Readonly<Record<string, number>>;
  /** by currency: `total` and what of it has each status, in cents */
  readonly cents?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly statementNumber?: string;
  readonly rows?: number;
  readonly perSecond?: number;
  readonly secondsLeft?: number;
  readonly milliseconds?: number;
  readonly bytes?: number;
  readonly step?: string;
  readonly schema?: string;
  /** whose work is taken over: host, process and a name of its own */
  readonly worker?: string;
  /** of host keys: expected and offered */
  readonly fingerprints?: readonly string[];
}

const FACTS: Record<keyof LogFacts, true> = {
  fileId: true,
  drop: true,
  secretariat: true,
  file: true,
  layout: true,
  status: true,
  code: true,
  reason: true,
  counts: true,
  warnings: true,
  issues: true,
  planHash: true,
  duplicateOf: true,
  enterpriseNumber: true,
  orderId: true,
  standingOrder: true,
  product: true,
  period: true,
  orders: true,
  lines: true,
  totalCents: true,
  invoices: true,
  invoice: true,
  kind: true,
  language: true,
  channel: true,
  attempts: true,
  people: true,
  employers: true,
  quarter: true,
  dueOn: true,
  entries: true,
  byStatus: true,
  cents: true,
  statementNumber: true,
  rows: true,
  perSecond: true,
  secondsLeft: true,
  milliseconds: true,
  bytes: true,
  step: true,
  schema: true,
  worker: true,
  fingerprints: true,
};

export type Log = (event: LogEvent, facts?: LogFacts) => void;

/** A file's name as a log may show it: a run of digits as long as a register number is masked. */
export function fileNameForLog(name: string): string {
  return name.replace(/\d(?:[ .-]?\d){10,}/g, '…').slice(0, 200);
}

/** Opens the log. Lines are written synchronously, so the last ones survive an exit; `to` is a stream or 1 / 2. */
export function openLog(options: {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly to: 1 | 2 | DestinationStream;
  readonly terminal: boolean;
}): Log {
  const target = typeof options.to === 'number' ? destination({ fd: options.to, sync: true }) : options.to;
  const pretty = options.format === 'pretty' || (options.format === 'auto' && options.terminal);
  const logger = pino(
    {
      level: options.level,
      base: { service: 'navette', runId: randomUUID().slice(0, 8) },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pretty ? prettyLines(target) : target,
  );
  return (event, facts = {}) => {
    const [level, sentence]: readonly [Level, string] = LOG_EVENTS[event];
    const listed = Object.fromEntries(Object.entries(facts).filter(([name]) => name in FACTS));
    logger[level]({ event, ...listed }, sentence);
  };
}

/** The errors of Navette, named by what to do next; a bad row is a `RowIssue`, never one of these. */
import type { IssueCode } from './model.ts';

/** Stop at start, list all faults: the person at the command line or the configuration must change something. Exit 2. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly faults: readonly string[];
  constructor(faults: string | readonly string[]) {
    const list = typeof faults === 'string' ? [faults] : faults;
    super(list.join('\n'));
    this.faults = list;
  }
}

/** This file cannot be trusted: roll back, set it aside, go on with the others. `params` never hold cell contents. */
export class FileError extends Error {
  override name = 'FileError';
  readonly code: IssueCode;
  readonly params: Readonly<Record<string, string | number>>;
  /** the layout's field the fault is about, when it is about one */
  readonly column: string | null;
  constructor(code: IssueCode, params: Readonly<Record<string, string | number>> = {}, column: string | null = null) {
    super(code);
    this.code = code;
    this.params = params;
    this.column = column;
  }
}

/** Leave it and try again later: a server, a disk or the database is not there just now. Exit 3 when a command cannot wait. */
export class RetryableError extends Error {
  override name = 'RetryableError';
  /** a stable word for logs and tables, such as `disk_full`, `drop_down`, `short_read` */
  readonly reason: string;
  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** What was asked for cannot be done as things stand (wrong hash, wrong status): one sentence, nothing changed. Exit 1. */
export class RefusedError extends Error {
  override name = 'RefusedError';
  /** a stable word for logs where a job goes on without it, such as `contract.missing` */
  readonly code: string | null;
  constructor(message: string, code: string | null = null) {
    super(message);
    this.code = code;
  }
}

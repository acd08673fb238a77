/** The tables that the query builder reads and writes; set-based statements name their own columns. */
import type { ColumnType, Generated, JSONColumnType, Selectable } from 'kysely';
import type { Day, FileCounts, FileStatus, Language, OrderKind, OrderStatus, Period, Severity } from '../model.ts';

type Json<T extends object> = JSONColumnType<T>;
/** ISO text in UTC */
type Moment = string;

export interface Tables {
  social_secretariat: { code: string; name: string; language: Language };
  employer: { enterprise_number: string; name: string; language: Language; invoice_email: string; status: string };
  drop_file: DropFileTable;
  row_issue: {
    id: Generated<number>;
    file_id: number;
    row_number: number | null;
    column_name: string | null;
    code: string;
    severity: Severity;
    params: Json<Record<string, string | number>>;
  };
  held_plan: {
    id: Generated<number>;
    file_id: number;
    plan_hash: string;
    counts: Json<FileCounts>;
    reasons: ColumnType<unknown[], string, string>;
    expires_at: Moment;
    decision: string | null;
    decided_by: string | null;
    decided_at: Moment | null;
    why: string | null;
  };
  outgoing_file: {
    id: Generated<number>;
    file_id: number | null;
    order_id: number | null;
    drop_id: string;
    name: string;
    kind: 'receipt' | 'rejects' | 'release';
    status: ColumnType<'queued' | 'sent' | 'failed', string, string>;
    attempts: Generated<number>;
    sha256: string | null;
    sent_at: Moment | null;
  };
  voucher_order: {
    enterprise_number: string;
    id: Generated<number>;
    standing_order_id: string | null;
    product_code: string;
    run_period: Period;
    kind: OrderKind;
    reference: string;
    validity_start: Day;
    status: OrderStatus;
    face_value_total: number;
    fee_total: number;
    vat_total: number;
    total: number;
    ordered_on: Day;
    confirmed_by: string | null;
    confirmed_on: Day | null;
    paid_on: Day | null;
    released_on: Day | null;
    cancelled_by: string | null;
    cancelled_on: Day | null;
    cancelled_why: string | null;
  };
}

interface DropFileTable {
  id: Generated<number>;
  drop_id: string;
  secretariat_code: string;
  path: string;
  name: string;
  size: number;
  /** as the drop shows it; some servers show 0 for every file */
  listed_size: number;
  mtime: Moment;
  sha256: string | null;
  content_key: string | null;
  layout_id: string | null;
  layout_hash: string | null;
  kind: string | null;
  scope: string | null;
  mode: string | null;
  set_values: Json<Record<string, string>>;
  name_values: Json<Record<string, string>>;
  /** what the sender knows each field by: header, letter or positions */
  sender_columns: Json<Record<string, unknown>>;
  as_of: Moment | null;
  received_at: Moment;
  received_on: Day;
  status: FileStatus;
  counts: ColumnType<FileCounts | null, string | null, string | null>;
  duplicate_of: number | null;
  fence: Generated<number>;
  claimed_by: string | null;
  crashes: Generated<number>;
  /** how often in a row it was left for later */
  retries: Generated<number>;
  not_before: Moment | null;
  /** false when the server said 0 bytes of a file that has some */
  size_known: Generated<boolean>;
  /** what a sidecar proves of it */
  proof: 'checksum' | 'count' | null;
  /** rows that a sidecar counts */
  expected_rows: number | null;
  /** when its row was made, by the database's clock */
  seen_at: Generated<Moment>;
  /** its bytes were read, or compared once more, when the second of its time was over: another file of that time cannot follow */
  second_passed: Generated<boolean>;
  by_hand: Generated<boolean>;
  applied_at: Moment | null;
  archived_as: string | null;
  /** the day on which the kept bytes were removed */
  raw_removed_on: Day | null;
}

/** A row of the ledger as it is read. */
export type DropFile = Selectable<DropFileTable>;

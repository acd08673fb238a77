/** What the jobs around orders are given. */
import type { Database } from '../../load/database.ts';
import type { Log } from '../../log.ts';
import type { Day } from '../../model.ts';
import type { OpenProgress } from '../../progress.ts';

export interface OrderConfig {
  readonly issuer: { readonly paymentDays: number };
  /** VAT rates by the day from which they hold; `percent` is decimal text */
  readonly vat: readonly { readonly from: Day; readonly percent: string }[];
  readonly cardInvoice: 'together' | 'separate';
}

export interface OrderContext {
  readonly database: Pick<Database, 'db'>;
  readonly log: Log;
  readonly config: OrderConfig;
  /** today in Belgium: the day of the order, of the invoice, of the cancellation */
  readonly today: Day;
  /** tells how far long work is; left out where nobody asks */
  readonly progress?: OpenProgress;
}

/** One slot of a standing order that needs a person: no order could be made, or its draft could not be confirmed. */
export interface ParkedOrder {
  readonly enterpriseNumber: string;
  readonly standingOrder: string | null;
  readonly period: string;
  readonly reason: string;
}

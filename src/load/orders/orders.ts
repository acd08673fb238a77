/** Orders as people and commands read them: the list, one order's head, its beneficiaries, cards, warnings and invoices. */
import { sql } from 'kysely';
import type { Cents, Day, OrderKind, OrderStatus, Period } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import type { OrderKey } from './order-locks.ts';

export interface OrderRow {
  readonly id: number;
  readonly enterpriseNumber: string;
  readonly productCode: string;
  readonly runPeriod: Period;
  readonly kind: OrderKind;
  readonly status: OrderStatus;
  readonly total: Cents;
}

/** Orders by id: those with the ids, or those with the status, or all. */
export async function readOrders(
  db: Db,
  only: { readonly ids?: readonly number[]; readonly status?: string },
): Promise<OrderRow[]> {
  const { ids = null, status = null } = only;
  const found = await sql<OrderRow>`
    select id, enterprise_number as "enterpriseNumber", product_code as "productCode", run_period as "runPeriod", kind, status,
           total
      from voucher_order
     where (${ids === null} or id = any (${ids === null ? [] : [...ids]}::bigint[]))
       and (${status}::text is null or status = ${status})
     order by id`.execute(db);
  return found.rows;
}

export interface OrderHead extends OrderRow {
  readonly employerName: string;
  readonly standingOrderId: string | null;
  readonly reference: string;
  readonly validityStart: Day;
  readonly orderedOn: Day;
  readonly confirmedBy: string | null;
  readonly confirmedOn: Day | null;
  readonly paidOn: Day | null;
  readonly releasedOn: Day | null;
  readonly cancelledBy: string | null;
  readonly cancelledOn: Day | null;
  readonly cancelledWhy: string | null;
  readonly faceValueTotal: Cents;
  readonly feeTotal: Cents;
  readonly vatTotal: Cents;
}

export async function readOrderHead(db: Db, order: OrderKey): Promise<OrderHead> {
  const found = await sql<OrderHead>`
    select o.id, o.enterprise_number as "enterpriseNumber", e.name as "employerName", o.standing_order_id as "standingOrderId",
           o.product_code as "productCode", o.run_period as "runPeriod", o.kind, o.reference,
           o.validity_start as "validityStart", o.status, o.ordered_on as "orderedOn", o.confirmed_by as "confirmedBy",
           o.confirmed_on as "confirmedOn", o.paid_on as "paidOn", o.released_on as "releasedOn",
           o.cancelled_by as "cancelledBy", o.cancelled_on as "cancelledOn", o.cancelled_why as "cancelledWhy",
           o.face_value_total as "faceValueTotal", o.fee_total as "feeTotal", o.vat_total as "vatTotal", o.total
      from voucher_order o join employer e using (enterprise_number)
     where o.enterprise_number = ${order.enterpriseNumber} and o.id = ${order.id}`.execute(db);
  return onlyRow(found);
}

type Order = Pick<OrderHead, 'enterpriseNumber' | 'id'>;

export interface OrderedBeneficiary {
  readonly beneficiaryId: number;
  readonly personnelNumber: string | null;
  readonly lastName: string;
  readonly firstName: string;
  readonly costCenter: number;
  readonly lines: readonly { readonly period: Period; readonly faceValue: Cents; readonly quantity: number }[];
  readonly amount: Cents;
  readonly card: 'new' | 'renewal' | 'replacement' | null;
}

/** Everybody with a line or a card on the order, by name. */
export async function readOrderedBeneficiaries(db: Db, order: Order): Promise<OrderedBeneficiary[]> {
  const found = await sql<OrderedBeneficiary>`
    with line as (
      select beneficiary_id, min(cost_center) as cost_center, sum(quantity::bigint * face_value)::bigint as amount,
             jsonb_agg(jsonb_build_object('period', period, 'faceValue', face_value, 'quantity', quantity)
                       order by period, face_value) as lines
        from order_line where enterprise_number = ${order.enterpriseNumber} and order_id = ${order.id} group by 1
    )
    select b.id as "beneficiaryId", b.personnel_number as "personnelNumber", b.last_name as "lastName",
           b.first_name as "firstName", coalesce(l.cost_center, k.cost_center) as "costCenter",
           coalesce(l.lines, '[]') as lines, coalesce(l.amount, 0) as amount, k.action as card
      from beneficiary b
      left join line l on l.beneficiary_id = b.id
      left join order_card k on k.enterprise_number = b.enterprise_number and k.order_id = ${order.id}
                            and k.national_register_number = b.national_register_number
     where b.enterprise_number = ${order.enterpriseNumber} and (l.beneficiary_id is not null or k.order_id is not null)
     order by b.last_name, b.first_name, b.id`.execute(db);
  return found.rows;
}

export interface OrderWarningRow {
  readonly code: string;
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly lastName: string | null;
  readonly firstName: string | null;
  readonly acknowledgedBy: string | null;
}

export async function readOrderWarnings(db: Db, order: Order): Promise<OrderWarningRow[]> {
  const found = await sql<OrderWarningRow>`
    select w.code, w.key, w.params, b.last_name as "lastName", b.first_name as "firstName",
           w.acknowledged_by as "acknowledgedBy"
      from order_warning w
      left join beneficiary b on b.enterprise_number = w.enterprise_number and b.id = (w.params ->> 'beneficiaryId')::bigint
     where w.enterprise_number = ${order.enterpriseNumber} and w.order_id = ${order.id}
     order by w.code, b.last_name, b.first_name, w.key`.execute(db);
  return found.rows;
}

export interface OrderInvoiceRow {
  readonly id: number;
  readonly number: string;
  readonly costCenter: number;
  readonly kind: string;
  readonly lines: readonly { readonly kind: string; readonly quantity: number; readonly amount: Cents }[];
  readonly faceValueTotal: Cents;
  readonly feeTotal: Cents;
  readonly vatTotal: Cents;
  readonly total: Cents;
  readonly structuredCommunication: string | null;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  readonly status: string;
}

/** Invoices and credit notes of the order, in the order of their making. */
export async function readOrderInvoices(db: Db, order: Order): Promise<OrderInvoiceRow[]> {
  const found = await sql<OrderInvoiceRow>`
    select id, number, cost_center as "costCenter", kind, lines, face_value_total as "faceValueTotal",
           fee_total as "feeTotal", vat_total as "vatTotal", total, structured_communication as "structuredCommunication",
           issued_on as "issuedOn", due_on as "dueOn", status
      from invoice
     where enterprise_number = ${order.enterpriseNumber} and order_id = ${order.id}
     order by id`.execute(db);
  return found.rows;
}

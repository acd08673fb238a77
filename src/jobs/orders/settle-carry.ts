/** Settles rests on a person's word: orders what leavers still earned, or writes off what nobody will order or give back. */
import { RefusedError } from '../../errors.ts';
import { findOpenQuantities } from '../../load/orders/open-quantities.ts';
import { writeLines } from '../../load/orders/order-lines.ts';
import {
  allowRestsOfLeavers,
  countLeft,
  lockEmployer,
  noteOrderedForLeavers,
  type Rest,
  type RestsChosen,
  readProductsOfLeavers,
  replaceCarryOfLeavers,
  writeOffRests,
} from '../../load/orders/settle-carry.ts';
import { createSlotRun, dropUnorderableSlots, takeOutBarredSlots } from '../../load/orders/slot-run.ts';
import type { CarryReason } from '../../model.ts';
import { completeDrafts, holdYearlyLimits } from './make-drafts.ts';
import { refusalOf } from './new-order.ts';
import type { OrderContext } from './order-context.ts';

const MANUAL = {
  standingOrderId: null,
  kind: 'manual',
  quantityFrom: 'payroll',
  quantity: null,
  faceValue: null,
  late: null,
  lateDueOn: null,
} as const;

export interface OnWhoseWord {
  readonly by: string;
  readonly why: string;
}

/**
 * Makes a draft of kind `manual` of what the chosen leavers earned and nobody has ordered.
 * @returns its id, and how many differences were left because of a missing card or a yearly limit
 * @throws RefusedError when nothing of it may be ordered, or of several products none was chosen; nothing is changed
 */
export async function orderRestsOfLeavers(
  context: OrderContext,
  chosen: RestsChosen & { readonly reference: string },
  { by, why }: OnWhoseWord,
): Promise<{ readonly orderId: number; readonly left: number }> {
  const { database, today, log } = context;
  const { enterpriseNumber, reference } = chosen;
  const products = await readProductsOfLeavers(database.db, chosen);
  const [product] = products;
  if (product === undefined) throw new RefusedError('Nothing is left that a leaver of this employer earned.');
  if (products.length > 1) {
    const codes = products.map(({ productCode }) => productCode).join(', ');
    throw new RefusedError(`Leavers earned several products; choose one of them with --product: ${codes}.`);
  }
  const slot = { ...MANUAL, enterpriseNumber, ...product, reference, validityStart: today };
  const made = await database.db.transaction().execute(async (db) => {
    await createSlotRun(db, [slot]);
    const [out] = await dropUnorderableSlots(db, today);
    if (out !== undefined) throw new RefusedError(refusalOf(out.reason));
    await findOpenQuantities(db, today);
    await allowRestsOfLeavers(db, chosen, today);
    await holdYearlyLimits(db);
    const [barred] = await takeOutBarredSlots(db, []);
    if (barred !== undefined) throw new RefusedError(refusalOf(barred.reason));
    const left = await countLeft(db);
    const drafts = await writeLines(db);
    if (drafts.length === 0) {
      throw new RefusedError(
        'None of these leavers may be ordered for: without a valid card, or above a yearly limit.',
      );
    }
    await replaceCarryOfLeavers(db);
    const completed = await completeDrafts(db, context, drafts);
    await noteOrderedForLeavers(db, by, why);
    return { ...completed, left };
  });
  const [draft] = made.drafts;
  if (draft === undefined) throw new RangeError('A draft was written and is not there.');
  const { id, productCode, period, kind, lines, people, total } = draft;
  const facts = { enterpriseNumber, orderId: id, product: productCode, period, kind, lines, people, totalCents: total };
  log('order.created', facts);
  return { orderId: id, left: made.left };
}

/**
 * Writes off what is still open of the chosen rests of the reasons.
 * @returns what was closed
 * @throws RefusedError when there is none, or when counts that came since the last run have closed all of them
 */
export async function writeOffCarry(
  context: OrderContext,
  chosen: RestsChosen,
  reasons: readonly CarryReason[],
  word: OnWhoseWord,
): Promise<Rest[]> {
  const { enterpriseNumber } = chosen;
  const closed = await context.database.db.transaction().execute(async (db) => {
    await lockEmployer(db, enterpriseNumber);
    const rests = await writeOffRests(db, chosen, reasons, word);
    if (rests.length === 0) throw new RefusedError('There is no such rest to write off.');
    const open = rests.filter(({ quantity }) => quantity !== 0);
    if (open.length === 0) {
      throw new RefusedError(
        'Nothing of this is open any more; the next run takes it off the list: navette run orders.',
      );
    }
    return open;
  });
  const people = new Set(closed.map((rest) => rest.beneficiaryId)).size;
  context.log('carry.written_off', { enterpriseNumber, people, lines: closed.length });
  return closed;
}

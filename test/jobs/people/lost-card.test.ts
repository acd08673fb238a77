/** A lost card: blocked at once, and replaced once, at the price of a replacement. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { releaseOrders } from '../../../src/jobs/payments/release-orders.ts';
import { replaceLostCard } from '../../../src/jobs/people/replace-lost-card.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import {
  deactivate,
  grant,
  type Invented,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);
const day = (on = '2026-12-02') => orderDay(db, on);

const cards = async ({ nrn }: Invented) => {
  const found = await sql<{ card: string }>`
    select sequence || ' ' || status as card from card where national_register_number = ${nrn} order by sequence`.execute(
    db,
  );
  return found.rows.map(({ card }) => card);
};
const order = async (id: number | undefined) => {
  const found = await sql<Record<string, unknown>>`
    select o.kind, o.status, o.fee_total, o.total, array(select k.action from order_card k where k.order_id = o.id) as cards,
           (select count(*)::int from order_line l where l.order_id = o.id) as lines
      from voucher_order o where o.id = ${id ?? 0}`.execute(db);
  return found.rows[0];
};

describe('card lost', () => {
  it('blocks the card and drafts a replacement at the first active employer, without a service fee', async () => {
    const fees = { service: { fixed: 5000 }, cardProduction: 450, cardDelivery: 300 };
    const [first, second, third] = [
      await inventEmployer(db, { fees }),
      await inventEmployer(db, { fees }),
      await inventEmployer(db, { fees }),
    ];
    const person = await inventBeneficiary(db, second);
    await deactivate(db, await inventBeneficiary(db, first, { of: person }), 'status');
    await inventBeneficiary(db, third, { of: person });
    const lost = await replaceLostCard(day(), person.nrn, 'Ops');
    expect(lost).toMatchObject({ order: { enterpriseNumber: second }, without: null });
    expect(await cards(person)).toEqual(['1 blocked']);
    expect(await order(lost.order?.id)).toMatchObject({
      kind: 'manual',
      status: 'draft',
      lines: 0,
      cards: ['replacement'],
      fee_total: 750,
    });
    await confirmOrder(day(), lost.order?.id ?? 0, { by: 'Ops', acknowledge: [] });
    expect(await order(lost.order?.id)).toMatchObject({ status: 'invoiced', fee_total: 750, total: 908 });
    expect(await cards(person)).toEqual(['1 blocked', '2 ordered']);
    const history =
      await sql`select changed_by, after from beneficiary_change where beneficiary_id = ${person.id}`.execute(db);
    expect(history.rows).toEqual([{ changed_by: 'Ops', after: { card: 'blocked' } }]);
    await expect(replaceLostCard(day(), person.nrn, 'Ops')).rejects.toThrow('no active card');
    expect(await checkBooks(db)).toEqual([]);
  });

  it('where a card costs nothing the order is paid at once, and its release makes the card active', async () => {
    const employer = await inventEmployer(db);
    const person = await inventBeneficiary(db, employer);
    const lost = await replaceLostCard(day(), person.nrn, 'Ops');
    await confirmOrder(day(), lost.order?.id ?? 0, { by: 'Ops', acknowledge: [] });
    expect(await order(lost.order?.id)).toMatchObject({ total: 0 });
    const home = await mkdtemp(join(tmpdir(), 'navette-card-'));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    const { released } = await releaseOrders({ ...day(), now: Date.parse('2026-12-02T09:00:00Z'), home });
    const own = released.find(({ orderId }) => orderId === lost.order?.id);
    const text = await readFile(own?.file ?? '', 'utf8');
    expect(text.split('\n')[1]).toBe(`${lost.order?.id};${person.nrn};replacement;meal;2026-12-02;2027-12-01;;0`);
    expect(await cards(person)).toEqual(['1 blocked', '2 active']);
  });

  it('makes one card, whichever order is confirmed first', async () => {
    const employer = await inventEmployer(db, { fees: { cardProduction: 450 } });
    const person = await inventBeneficiary(db, employer);
    const lost = await replaceLostCard(day('2026-12-04'), person.nrn, 'Ops');
    await grant(db, person, '2026-11', 20, 800);
    const { orders } = await runOrders(day('2026-12-05'));
    const [monthly] = orders.filter((each) => each.enterpriseNumber === employer);
    expect(await order(monthly?.id)).toMatchObject({ cards: ['replacement'], lines: 1 });
    await confirmOrder(day('2026-12-05'), monthly?.id ?? 0, { by: 'Ops', acknowledge: 'all' });
    const { emptied } = await confirmOrder(day('2026-12-05'), lost.order?.id ?? 0, { by: 'Ops', acknowledge: 'all' });
    expect(emptied).toHaveLength(1);
    expect(await order(lost.order?.id)).toMatchObject({ status: 'cancelled', total: 0 });
    expect(await cards(person)).toEqual(['1 blocked', '2 ordered']);
    expect(await checkBooks(db)).toEqual([]);
  });

  it('orders nothing when another card is on its way, or nobody employs the person any more', async () => {
    const employer = await inventEmployer(db);
    const renewed = await inventBeneficiary(db, employer);
    await sql`insert into card (national_register_number, sequence, status) values (${renewed.nrn}, 2, 'ordered')`.execute(
      db,
    );
    expect(await replaceLostCard(day(), renewed.nrn, 'Ops')).toEqual({ order: null, without: 'ordered' });
    const left = await inventBeneficiary(db, employer);
    await deactivate(db, left, 'status');
    expect(await replaceLostCard(day(), left.nrn, 'Ops')).toEqual({ order: null, without: 'no-employer' });
    expect(await cards(left)).toEqual(['1 blocked']);
    await expect(replaceLostCard(day(), '85073003328', 'Ops')).rejects.toThrow('no such beneficiary');
  });
});

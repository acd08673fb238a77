/** What may happen in a life of the books: random steps, and random lives made of them. */
import fc from 'fast-check';

const PEOPLE = 4;

/** `carry write-off` closes the first two when it is told nothing else. */
const WRITTEN_OFF = [
  ['leaver.unordered', 'leaver.residue'],
  ['limit.yearly', 'net-negative', 'no-card'],
] as const;

const who = fc.nat(PEOPLE - 1);
const row = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      person: who,
      product: fc.constant('meal'),
      monthsAgo: fc.constantFrom(1, 1, 1, 2, 3, 0),
      quantity: fc.integer({ min: 0, max: 23 }),
      value: fc.constantFrom(null, null, 800, 900, 1000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      person: who,
      product: fc.constant('eco'),
      monthsAgo: fc.constantFrom(1, 1, 2),
      quantity: fc.integer({ min: 0, max: 3 }),
      value: fc.constantFrom(5000, 7500),
    }),
  },
);

const STEPS = {
  payroll: fc.record({
    does: fc.constant('payroll' as const),
    rows: fc.array(row, { minLength: 1, maxLength: 7 }),
    daysOld: fc.constantFrom(0, 0, 0, 0, 3, 20),
  }),
  run: fc.record({ does: fc.constant('run' as const), days: fc.integer({ min: 0, max: 24 }) }),
  person: fc.record({
    does: fc.constantFrom('leave' as const, 'return' as const, 'move' as const),
    person: who,
  }),
  raise: fc.record({ does: fc.constant('raise' as const), person: who, value: fc.constantFrom(700, 900, 1000) }),
  end: fc.record({
    does: fc.constant('end' as const),
    person: who,
    days: fc.integer({ min: -40, max: 20 }),
    daysOld: fc.constantFrom(0, 0, 3, 20),
  }),
  byHand: fc.record({
    does: fc.constant('order' as const),
    what: fc.oneof(
      fc.record({
        product: fc.constant('meal'),
        quantity: fc.constantFrom(null, 1, 5, 50),
        value: fc.constantFrom(null, null, 800),
      }),
      fc.record({
        product: fc.constant('eco'),
        quantity: fc.constantFrom(1, 2),
        value: fc.constantFrom(2500, 5000),
      }),
    ),
  }),
  signed: fc.record({
    does: fc.constant('signed' as const),
    increments: fc.array(
      fc.record({
        person: who,
        product: fc.constant('meal'),
        monthsAgo: fc.constantFrom(1, 1, 1, 2, 3, 0),
        quantity: fc.constantFrom(-12, -5, -3, -1, 1, 4, 10, 18),
        value: fc.constantFrom(700, 800),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  }),
  blend: fc.record({
    does: fc.constant('blend' as const),
    person: who,
    monthsAgo: fc.constantFrom(0, 0, 0, 1),
    /** vouchers of the month, and those of an earlier one that are taken off them */
    vouchers: fc.integer({ min: 6, max: 22 }),
    givenBack: fc.integer({ min: 1, max: 5 }),
  }),
  writeOff: fc.record({
    does: fc.constant('write-off' as const),
    person: who,
    reasons: fc.constantFrom(...WRITTEN_OFF),
  }),
  decide: fc.record({ does: fc.constantFrom('confirm' as const, 'cancel' as const), which: fc.nat(4) }),
};
export type Step = typeof STEPS extends Record<string, fc.Arbitrary<infer T>> ? T : never;

/** Somebody leaves before what was ordered by hand for all is confirmed; their rest is written off, and the order cancelled after all. */
const givenForNothing: fc.Arbitrary<Step[]> = fc
  .record({ order: STEPS.byHand, person: who, cancelled: fc.boolean() })
  .map(({ order, person, cancelled }) => [
    order,
    { does: 'leave', person },
    { does: 'confirm', which: 0 },
    { does: 'write-off', person, reasons: WRITTEN_OFF[0] },
    ...(cancelled ? [{ does: 'cancel', which: 0 } as const] : []),
  ]);
const COUNTED = { product: 'meal', monthsAgo: 1, value: null } as const;
/** A rise, and the correction of the month before it in one printed value. */
const corrected: fc.Arbitrary<Step[]> = fc
  .record({ raise: STEPS.raise, quantity: fc.integer({ min: 3, max: 20 }), blend: STEPS.blend, run: STEPS.run })
  .map(({ raise, quantity, blend, run }) => [
    { does: 'payroll', daysOld: 0, rows: [{ ...COUNTED, person: raise.person, quantity }] },
    raise,
    run,
    { ...blend, person: raise.person, monthsAgo: 0 },
  ]);

const one = (step: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> => step.map((each) => [each]);

export const aLife = fc.record({
  /** cents of eco for everybody, by a standing order beside payroll's */
  amount: fc.constantFrom(null, null, 2500, 5000),
  /** meal vouchers for everybody, by a standing order beside payroll's */
  fixed: fc.constantFrom(null, null, 5, 20),
  /** how payroll counts meal vouchers */
  meal: fc.constantFrom('restated' as const, 'signed' as const),
  late: fc.constantFrom('missed' as const, 'all' as const, 'carry' as const),
  confirm: fc.constantFrom('never' as const, 'without-warnings' as const),
  percent: fc.constantFrom('0', '1.15', '3'),
  cards: fc.array(fc.boolean(), { minLength: PEOPLE, maxLength: PEOPLE }),
  values: fc.array(fc.constantFrom(700, 800), { minLength: PEOPLE, maxLength: PEOPLE }),
  steps: fc
    .array(
      fc.oneof(
        { weight: 6, arbitrary: one(STEPS.payroll) },
        { weight: 5, arbitrary: one(STEPS.run) },
        { weight: 4, arbitrary: one(STEPS.signed) },
        { weight: 2, arbitrary: one(STEPS.person) },
        { weight: 1, arbitrary: one(STEPS.raise) },
        { weight: 1, arbitrary: one(STEPS.end) },
        { weight: 2, arbitrary: one(STEPS.byHand) },
        { weight: 2, arbitrary: one(STEPS.writeOff) },
        { weight: 4, arbitrary: one(STEPS.decide) },
        { weight: 1, arbitrary: one(STEPS.blend) },
        { weight: 1, arbitrary: givenForNothing },
        { weight: 1, arbitrary: corrected },
      ),
      { minLength: 12, maxLength: 28 },
    )
    .map((steps) => steps.flat()),
});
export type Life = typeof aLife extends fc.Arbitrary<infer T> ? T : never;

/** Why some mutants may live: by file, by what stands in the line, and by what is changed into what. */

export interface Explained {
  /** from `src/transform/` on */
  readonly path: string;
  /** a part of the source line; an explanation whose line is gone fails a test */
  readonly line: string;
  /** of `from → to`; without it every change in that line */
  readonly change?: RegExp;
  readonly why: string;
}

const SIGN = 'A sort asks only for the sign, and equal ones were told apart before';
const SAME_CENTS = 'The same for whole cents: nothing was left out before, or adds nothing';
const FALSY = 'The same to who asks: null and undefined are as little as false or 0';

export const EXPLAINED: readonly Explained[] = [
  { path: 'orders/yearly-limit.ts', line: 'each.quantity < 0', change: /0 → 0 \+ 1|<=/, why: SAME_CENTS },
  { path: 'orders/yearly-limit.ts', line: 'a.period < b.period ? -1 : 1', why: SIGN },
  { path: 'orders/yearly-limit.ts', line: 'line.yearlyLimit === null ? 0', change: /0 - 1/, why: SAME_CENTS },
  { path: 'orders/costs.ts', line: 'shipments.get(costCenter) ?? 0', change: /\?\?/, why: FALSY },
  {
    path: 'orders/costs.ts',
    line: 'netVouchers: 0, people: 0',
    change: /0 → 0 - 1/,
    why: 'Vouchers below none are charged as none, and what a center without lines has in money is never asked',
  },
  { path: 'payments/match-payments.ts', line: 'amount === 0 || (amount < 0', change: /<=|0 → 0 \+ 1/, why: SAME_CENTS },
  { path: 'payments/match-payments.ts', line: 'amount > 0 && reversal', change: />=|0 → 0 - 1/, why: SAME_CENTS },
  {
    path: 'payments/match-payments.ts',
    line: 'if (account === null)',
    why: 'For the compiler: an entry that names no invoice was told before',
  },
  {
    path: 'payments/match-payments.ts',
    line: "entry.structuredCommunication ?? ''",
    change: /\?\?/,
    why: 'For the compiler: no invoice has null or nothing for its communication',
  },
  {
    path: 'payments/match-payments.ts',
    line: 'part.amount < total',
    change: /<=/,
    why: 'Exactly the total has paid before',
  },
  { path: 'payments/statement-gaps.ts', line: 'return false', change: /false → null/, why: FALSY },
];

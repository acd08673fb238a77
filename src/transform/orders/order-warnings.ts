/** The warnings of an order: which of them hold it, and when a total is out of the ordinary. */
import type { Cents } from '../../model.ts';

/** A draft with one of these waits until a person has acknowledged it. */
export const HOLDING_WARNINGS = [
  'person.without-email',
  'limit.yearly',
  'total.unusual',
  'first-order',
  'card.renewal',
  'carry.negative',
  'slot.late',
] as const;

/** These are shown in the summary and hold nothing. */
export const INFORMATIONAL_WARNINGS = ['leaver.residue', 'leaver.unordered', 'no-card'] as const;

export type OrderWarningCode = (typeof HOLDING_WARNINGS)[number] | (typeof INFORMATIONAL_WARNINGS)[number];

/** Whether a warning of this code keeps a draft from being confirmed without a person's yes. */
export function isHolding(code: OrderWarningCode): boolean {
  return (HOLDING_WARNINGS as readonly string[]).includes(code);
}

/**
 * Whether the net face value of an order is more than 25 % above or below that of the last live recurring order of the same
 * standing order. Exactly 25 % is usual. Without a last order (null) nothing is unusual: that is what `first-order` tells.
 */
export function isUnusualTotal(net: Cents, lastNet: Cents | null): boolean {
  return lastNet !== null && 4 * Math.abs(net - lastNet) > Math.abs(lastNet);
}

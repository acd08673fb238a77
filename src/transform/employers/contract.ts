/** A contract between the issuer and an employer for one product: its shape, and how it is read from the employer's line. */
import type { Cents, ContractFees, Day, ServiceFee } from '../../model.ts';
import { fieldsOf, isGiven, type JsonAt, listOf, noteFault, onlyFieldOf, optional, required } from './json-fields.ts';
import { CENTS, DAY, IDENTIFIER, PERCENT } from './json-values.ts';

export interface Contract {
  readonly product: string;
  /** first day, inclusive */
  readonly from: Day;
  /** last day, inclusive; null = no end */
  readonly to: Day | null;
  readonly fees: ContractFees;
}

/** Reads one of an employer's contracts; faults go to the issues of `at`. */
export function readContract(at: JsonAt): Contract {
  const field = fieldsOf(at, ['product', 'from', 'to', 'fees']);
  const product = required(field('product'), IDENTIFIER);
  return { product, ...readFromTo(field('from'), field('to')), fees: readFees(field('fees')) };
}

/** Reads a first and a last day, both inclusive; no last day means no end. */
export function readFromTo(fromAt: JsonAt, toAt: JsonAt): { from: Day; to: Day | null } {
  const from = required(fromAt, DAY);
  const to = optional(toAt, DAY, null);
  if (from && to && to < from) noteFault(toAt, 'date.invalid', '>= from');
  return { from, to };
}

function readFees(at: JsonAt): ContractFees {
  const field = fieldsOf(at, ['service', 'cardProduction', 'cardDelivery']);
  const service = isGiven(field('service')) ? readServiceFee(field('service')) : null;
  const cardProduction = optional(field('cardProduction'), CENTS, null);
  const cardDelivery = optional(field('cardDelivery'), CENTS, null);
  return {
    ...(service !== null && { service }),
    ...(cardProduction !== null && { cardProduction }),
    ...(cardDelivery !== null && { cardDelivery }),
  };
}

function readServiceFee(at: JsonAt): ServiceFee | null {
  const only = onlyFieldOf(at, ['percent', 'perVoucher', 'perBeneficiary', 'fixed', 'tiers']);
  switch (only?.name) {
    case 'percent':
      return { percent: required(only.at, PERCENT) };
    case 'perVoucher':
      return { perVoucher: required(only.at, CENTS) };
    case 'perBeneficiary':
      return { perBeneficiary: required(only.at, CENTS) };
    case 'fixed':
      return { fixed: required(only.at, CENTS) };
    case 'tiers':
      return { tiers: readTiers(only.at) };
    default:
      return null;
  }
}

/** Exactly one tier has no bound, so that no total is without a price, and no bound stands twice, so that none has two. */
function readTiers(at: JsonAt): { upTo: Cents | null; percent: string }[] {
  const faults = () => at.issues.filter((issue) => issue.severity === 'error').length;
  const before = faults();
  const tiers = listOf(at, readTier, 'required');
  if (faults() > before) return tiers;
  const isDistinct = new Set(tiers.map((tier) => tier.upTo)).size === tiers.length;
  if (!isDistinct || !tiers.some((tier) => tier.upTo === null)) {
    noteFault(at, 'row.format', 'upTo: distinct, one null');
  }
  return tiers;
}

function readTier(at: JsonAt): { upTo: Cents | null; percent: string } {
  const field = fieldsOf(at, ['upTo', 'percent']);
  return { upTo: optional(field('upTo'), CENTS, null), percent: required(field('percent'), PERCENT) };
}

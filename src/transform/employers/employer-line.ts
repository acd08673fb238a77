/** One line of the issuer's own customer file: an employer with everything that belongs to it, read strictly. */
import { type Day, LANGUAGES, type Language } from '../../model.ts';
import { type Contract, readContract, readFromTo } from './contract.ts';
import { checkWithinLine } from './employer-line-checks.ts';
import { fieldsOf, type JsonAt, type LineIssue, listOf, optional, required } from './json-fields.ts';
import { COUNTRY, EMAIL, ENTERPRISE_NUMBER, IDENTIFIER, integerFrom, literalOf, TEXT } from './json-values.ts';
import { readStandingOrder, type StandingOrder } from './standing-order.ts';

/** A social secretariat may act for the employer from..to, both inclusive; `to` null = no end. */
export interface Mandate {
  readonly secretariat: string;
  readonly from: Day;
  readonly to: Day | null;
}

/** Where cards can be delivered; `number` is at least 1 and unique within the employer. */
export interface DeliveryPoint {
  readonly number: number;
  readonly label: string;
  readonly street: string;
  readonly houseNumber: string;
  readonly box: string | null;
  readonly postalCode: string;
  readonly city: string;
  /** ISO 3166, two letters */
  readonly country: string;
}

/** Who can be billed; notices go to `invoiceEmail`, or to the employer's when it is null. */
export interface CostCenter extends DeliveryPoint {
  readonly invoiceEmail: string | null;
}

export interface EmployerLine {
  /** ten digits with valid check digits */
  readonly enterpriseNumber: string;
  readonly name: string;
  readonly language: Language;
  readonly invoiceEmail: string;
  readonly status: 'active' | 'inactive';
  readonly mandates: readonly Mandate[];
  readonly deliveryPoints: readonly DeliveryPoint[];
  readonly costCenters: readonly CostCenter[];
  readonly contracts: readonly Contract[];
  readonly standingOrders: readonly StandingOrder[];
}

/**
 * Reads one parsed JSON line. With any fault there is no employer, and all faults of the line are told: `columnName` is a
 * dotted path, `params.accepted` what would have been right. Unknown fields are warnings (`column.ignored`) beside an employer.
 * A line says everything about its employer, so lists that may be left out (delivery points, cost centers, standing orders)
 * count as empty; mandates and contracts must be there, if only as empty lists.
 *
 * `products` are the codes that exist; a line that names another one is faulty.
 */
export function parseEmployerLine(
  value: unknown,
  products: readonly string[],
): { employer: EmployerLine; issues: LineIssue[] } | { employer: null; issues: LineIssue[] } {
  const issues: LineIssue[] = [];
  const employer = readEmployer({ value, path: '', issues });
  checkWithinLine(employer, products, issues);
  return issues.some((issue) => issue.severity === 'error') ? { employer: null, issues } : { employer, issues };
}

function readEmployer(at: JsonAt): EmployerLine {
  const field = fieldsOf(at, [
    'enterpriseNumber',
    'name',
    'language',
    'invoiceEmail',
    'status',
    'mandates',
    'deliveryPoints',
    'costCenters',
    'contracts',
    'standingOrders',
  ]);
  return {
    enterpriseNumber: required(field('enterpriseNumber'), ENTERPRISE_NUMBER),
    name: required(field('name'), TEXT),
    language: required(field('language'), literalOf(LANGUAGES)),
    invoiceEmail: required(field('invoiceEmail'), EMAIL),
    status: required(field('status'), literalOf(['active', 'inactive'])),
    mandates: listOf(field('mandates'), readMandate, 'required'),
    deliveryPoints: listOf(field('deliveryPoints'), readDeliveryPoint, 'optional'),
    costCenters: listOf(field('costCenters'), readCostCenter, 'optional'),
    contracts: listOf(field('contracts'), readContract, 'required'),
    standingOrders: listOf(field('standingOrders'), readStandingOrder, 'optional'),
  };
}

function readMandate(at: JsonAt): Mandate {
  const field = fieldsOf(at, ['secretariat', 'from', 'to']);
  return { secretariat: required(field('secretariat'), IDENTIFIER), ...readFromTo(field('from'), field('to')) };
}

const PLACE_FIELDS = ['number', 'label', 'street', 'houseNumber', 'box', 'postalCode', 'city', 'country'] as const;

function readDeliveryPoint(at: JsonAt): DeliveryPoint {
  return readPlace(fieldsOf(at, PLACE_FIELDS));
}

function readCostCenter(at: JsonAt): CostCenter {
  const field = fieldsOf(at, [...PLACE_FIELDS, 'invoiceEmail']);
  return { ...readPlace(field), invoiceEmail: optional(field('invoiceEmail'), EMAIL, null) };
}

/** Number 0 is taken: it stands for the employer itself. */
function readPlace(field: (name: (typeof PLACE_FIELDS)[number]) => JsonAt): DeliveryPoint {
  return {
    number: required(field('number'), integerFrom(1)),
    label: required(field('label'), TEXT),
    street: required(field('street'), TEXT),
    houseNumber: required(field('houseNumber'), TEXT),
    box: optional(field('box'), TEXT, null),
    postalCode: required(field('postalCode'), TEXT),
    city: required(field('city'), TEXT),
    country: optional(field('country'), COUNTRY, 'BE'),
  };
}

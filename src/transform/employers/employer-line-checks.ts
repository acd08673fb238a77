/** What the parts of one employer's line must be to each other: unique, not overlapping, known. */
import type { Day, IssueCode } from '../../model.ts';
import type { Contract } from './contract.ts';
import { type LineIssue, noteFault } from './json-fields.ts';
import type { StandingOrder } from './standing-order.ts';

interface FromTo {
  readonly from: Day;
  readonly to: Day | null;
}

interface LineParts {
  readonly mandates: readonly ({ readonly secretariat: string } & FromTo)[];
  readonly deliveryPoints: readonly { readonly number: number }[];
  readonly costCenters: readonly { readonly number: number }[];
  readonly contracts: readonly Contract[];
  readonly standingOrders: readonly StandingOrder[];
}

type Note = (path: string, code: IssueCode, accepted: string) => void;

/** Adds the faults of `line` to `issues`. Fields that were faulty themselves read as empty there and are left alone. */
export function checkWithinLine(line: LineParts, products: readonly string[], issues: LineIssue[]): void {
  const note: Note = (path, code, accepted) => noteFault({ value: undefined, path, issues }, code, accepted);
  const noteRepeated = (keys: readonly (string | number)[], list: string, field: string) => {
    keys.forEach((key, index) => {
      if (key && keys.indexOf(key) < index) note(`${list}[${index}].${field}`, 'row.format', 'unique');
    });
  };
  const noteOverlapping = <T extends FromTo>(spans: readonly T[], keyOf: (span: T) => string, list: string) => {
    spans.forEach((span, index) => {
      const isRival = (other: T) => keyOf(other) !== '' && keyOf(other) === keyOf(span) && overlaps(other, span);
      if (spans.slice(0, index).some(isRival)) note(`${list}[${index}].from`, 'row.format', 'no overlap');
    });
  };

  noteRepeated(numbersOf(line.deliveryPoints), 'deliveryPoints', 'number');
  noteRepeated(numbersOf(line.costCenters), 'costCenters', 'number');
  noteRepeated(
    line.standingOrders.map((order) => order.id),
    'standingOrders',
    'id',
  );
  noteOverlapping(line.mandates, (mandate) => mandate.secretariat, 'mandates');
  noteOverlapping(line.contracts, (contract) => contract.product, 'contracts');

  line.contracts.forEach(({ product }, index) => {
    if (product && !products.includes(product)) {
      note(`contracts[${index}].product`, 'literal.unknown', products.join(', '));
    }
  });
  // Without a contract a standing order is no fault of the line: its orders are parked until there is one.
  line.standingOrders.forEach(({ product }, index) => {
    if (product && !products.includes(product)) {
      note(`standingOrders[${index}].product`, 'literal.unknown', products.join(', '));
    }
  });
}

function numbersOf(places: readonly { readonly number: number }[]): number[] {
  return places.map((place) => place.number);
}

/** A day that was faulty reads as blank and overlaps nothing. */
function overlaps(a: FromTo, b: FromTo): boolean {
  if ([a.from, a.to, b.from, b.to].includes('')) return false;
  return (b.to === null || a.from <= b.to) && (a.to === null || b.from <= a.to);
}

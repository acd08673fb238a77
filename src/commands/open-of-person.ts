/** How `navette beneficiary` tells why a count is what it is, and what the next run would do. */
import type { NextRun } from '../jobs/people/explain-next-run.ts';
import type { OpenOfPerson } from '../load/people/open-of-person.ts';
import { euros, table } from './print.ts';

const PARKED: Readonly<Record<string, string>> = {
  'payroll.missing': 'waits for payroll of that month',
  'contract.missing': 'cannot be made: no contract on that day',
  'product.closed': 'cannot be made: the product is closed',
};

export function tellOpen(open: readonly OpenOfPerson[], runs: readonly NextRun[]): string[] {
  const lines: string[] = [];
  if (open.length > 0) {
    const head = ['product', 'period', 'value', 'entitled', 'ordered', 'open', 'carried', 'why', 'not yet run'];
    const rows = open.map((row) => [
      row.productCode,
      row.period,
      euros(row.faceValue),
      String(row.entitled),
      String(row.ordered),
      String(row.open),
      String(row.carried),
      row.reason ?? '',
      String(row.notYetRun),
    ]);
    lines.push('', 'Open', ...table(head, rows).map((line) => `  ${line}`));
  }
  if (runs.length > 0) lines.push('', 'Next run');
  for (const { productCode, standingOrderId, kind, period, on, parked, quantities } of runs) {
    const told = quantities.map(
      ({ period: month, faceValue, quantity, reason }) =>
        `    ${month} ${quantity} × ${euros(faceValue)}: ${reason === null ? 'is ordered' : `is carried (${reason})`}`,
    );
    const nothing = parked === null ? 'nothing for this person' : (PARKED[parked] ?? parked);
    const what = told.length === 0 ? `: ${nothing}` : '';
    lines.push(`  ${on} ${productCode} ${standingOrderId ?? kind}, month ${period} (${kind})${what}`, ...told);
  }
  return lines;
}

/** One good line about an employer, the same line with one value replaced, and the issues that parsing finds. */
import { parseEmployerLine } from '../../src/transform/employers/employer-line.ts';
import { ADDRESS } from './employer-lines.ts';

const PRODUCTS = ['meal', 'eco', 'gift'];

export const LINE = {
  enterpriseNumber: '0403019261',
  name: 'Brasserie du Parc',
  language: 'fr',
  invoiceEmail: 'compta@example.be',
  status: 'active',
  mandates: [{ secretariat: 'alpha', from: '2026-01-01', to: null }],
  deliveryPoints: [{ number: 1, label: 'Siège', ...ADDRESS }],
  costCenters: [{ number: 1, label: 'Siège', ...ADDRESS, invoiceEmail: null }],
  contracts: [
    {
      product: 'meal',
      from: '2026-01-01',
      to: null,
      fees: { service: { percent: '3' }, cardProduction: 450, cardDelivery: 300 },
    },
  ],
  standingOrders: [
    {
      id: 'meal-monthly',
      product: 'meal',
      reference: 'Chèques-repas {period}',
      from: '2026-11',
      to: null,
      months: null,
      dayOfMonth: 5,
      shift: 'none',
      worked: 'previous-month',
      quantity: { from: 'payroll' },
      validityStart: 'order-date',
      late: 'missed',
      confirm: 'without-warnings',
    },
  ],
};

/** The line with one value replaced, at a dotted path; undefined leaves the field out. */
export function lineWith(path: string, value: unknown): unknown {
  const line = structuredClone(LINE) as unknown;
  const steps = path.split(/[.[\]]+/).filter(Boolean);
  const last = steps.pop() ?? '';
  let at = line as Record<string, unknown>;
  for (const step of steps) at = at[step] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return line;
}

export function parse(line: unknown) {
  return parseEmployerLine(line, PRODUCTS);
}

/** `column code` of every issue. */
export function issuesOf(line: unknown): string[] {
  return parse(line).issues.map((issue) => `${issue.columnName} ${issue.code}`);
}

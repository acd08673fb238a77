/** The summary of an order as a person reads it, and as one JSON document. */
import type { OrderSummary } from '../jobs/orders/summarise-order.ts';
import { isHolding, type OrderWarningCode } from '../transform/orders/order-warnings.ts';
import { renderSentence } from '../transform/values/message-text.ts';
import type { App } from './app.ts';
import { euros, table } from './print.ts';

const COSTS = {
  faceValue: 'vouchers',
  service: 'service fee',
  cardProduction: 'card production',
  cardDelivery: 'card delivery',
  vat: 'VAT on fees',
} as const;

export function printSummary(app: App, summary: OrderSummary): void {
  const { head, beneficiaries, costs, invoices } = summary;
  const warnings = summary.warnings.map((warning) => ({
    ...warning,
    holding: isHolding(warning.code as OrderWarningCode),
    message: sentence(app, warning),
  }));
  app.print({ ...head, beneficiaries, costs, warnings, invoices });
  app.say(`Order ${head.id}: ${head.reference}`);
  app.say(
    `  ${head.employerName} (${head.enterpriseNumber}), ${head.productCode}, month worked ${head.runPeriod}, ${head.kind}`,
  );
  app.say(`  ordered on ${head.orderedOn}, valid from ${head.validityStart}, ${head.status}${statusNote(summary)}`);
  app.say();
  const rows = beneficiaries.flatMap((person) => {
    const who = [
      `${person.lastName} ${person.firstName}`,
      person.personnelNumber ?? '',
      String(person.costCenter || ''),
    ];
    const lines = person.lines.map((line) => [
      line.period,
      String(line.quantity),
      euros(line.faceValue),
      euros(line.quantity * line.faceValue),
    ]);
    return (lines.length === 0 ? [['', '', '', '']] : lines).map((line, index) => [
      ...(index === 0 ? who : ['', '', '']),
      ...line,
      index === 0 ? (person.card ?? '') : '',
    ]);
  });
  const titles = ['beneficiary', 'number', 'cost center', 'month', 'quantity', 'value', 'amount', 'card'];
  for (const line of table(titles, rows)) app.say(`  ${line}`);
  app.say();
  const amounts = [...costs.map((cost) => [COSTS[cost.kind], euros(cost.amount)]), ['total', euros(head.total)]];
  for (const line of table(['cost', 'amount'], amounts)) app.say(`  ${line}`);
  if (warnings.length > 0) app.say();
  for (const warning of warnings) {
    const state = warning.acknowledgedBy !== null ? 'acknowledged' : warning.holding ? 'holds' : 'for information';
    const who = warning.lastName === null ? '' : ` (${warning.lastName} ${warning.firstName})`;
    app.say(`  ${warning.code} [${state}]${who}: ${warning.message}`);
  }
  if (invoices.length > 0) app.say();
  for (const { number, costCenter, total, dueOn, status } of invoices) {
    app.say(
      `  ${number}${costCenter === 0 ? '' : `, cost center ${costCenter}`}: ${euros(total)}, due on ${dueOn}, ${status}`,
    );
  }
}

function sentence(app: App, { code, params }: OrderSummary['warnings'][number]): string {
  return renderSentence(app.config.messages.en.warnings[code as OrderWarningCode], params, 'en');
}

function statusNote({ head }: OrderSummary): string {
  if (head.status === 'cancelled') return ` on ${head.cancelledOn} by ${head.cancelledBy}: ${head.cancelledWhy}`;
  return head.confirmedBy === null ? '' : `, confirmed on ${head.confirmedOn} by ${head.confirmedBy}`;
}

/** Lines of the issuer's customer file for invented employers. */

/** Where every invented place of an employer stands. */
export const ADDRESS = {
  street: 'Rue Neuve',
  houseNumber: '1',
  box: null,
  postalCode: '1000',
  city: 'Bruxelles',
  country: 'BE',
};

/** One line as an object: mandate for `alpha`, a meal contract at 3 %, one standing order for the month before. */
export function employerLine(enterpriseNumber: string, changes: Readonly<Record<string, unknown>> = {}): object {
  return {
    enterpriseNumber,
    name: 'Brasserie Inventée',
    language: 'fr',
    invoiceEmail: 'compta@example.be',
    status: 'active',
    mandates: [{ secretariat: 'alpha', from: '2026-01-01', to: null }],
    deliveryPoints: [{ number: 1, label: 'Siège', ...ADDRESS }],
    costCenters: [{ number: 1, label: 'Siège', ...ADDRESS, invoiceEmail: null }],
    contracts: [{ product: 'meal', from: '2026-01-01', to: null, fees: { service: { percent: '3' } } }],
    standingOrders: [
      {
        id: 'meal-monthly',
        product: 'meal',
        reference: 'Chèques-repas {period}',
        from: '2026-11',
        to: null,
        dayOfMonth: 5,
        worked: 'previous-month',
        quantity: { from: 'payroll' },
        validityStart: 'order-date',
        confirm: 'without-warnings',
      },
    ],
    ...changes,
  };
}

export function employersJsonl(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

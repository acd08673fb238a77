/** Messy payroll files: what each is, what should come of it, and what the script would need. */
import { type Held, type MessyCase, type MessyFile, type MessyWorld, PEOPLE } from './messy-world.ts';

const HEADER = ['BCE', 'NISS', 'période', 'produit', 'nombre', 'valeur'];
const SUBJECT = 4;

interface Grant {
  readonly employer?: string;
  readonly number?: string;
  readonly quantity?: string;
  readonly value?: string;
}

/** Twenty vouchers at 8,00 for each of the ten, with the changes to some. */
function grants(
  { employer, numberOf }: MessyWorld,
  changes: Readonly<Record<number, Grant>> = {},
  more: readonly Grant[] = [],
): string[][] {
  const people = Array.from({ length: PEOPLE }, (_, place) => ({ number: numberOf(place), ...changes[place] }));
  return [...people, ...more].map((grant: Grant) => [
    grant.employer ?? employer,
    grant.number ?? '',
    '2026-11',
    'meal',
    grant.quantity ?? '20',
    grant.value ?? '8,00',
  ]);
}

function payrollFile(
  { employer }: MessyWorld,
  rows: readonly (readonly string[])[],
  { name = 'pay.csv', separator = ';', header = HEADER, day = '2026-12-01' } = {},
): MessyFile {
  const quoted = (cell: string): string => (cell.includes(separator) ? `"${cell}"` : cell);
  const bytes = [header, ...rows].map((cells) => `${cells.map(quoted).join(separator)}\r\n`).join('');
  return { name: `${employer}_${name}`, bytes, layout: 'payroll-generic', full: false, day };
}

/** Twenty at 8.00 for each of the ten; `changes` by place, null for nothing. */
function granted(changes: Readonly<Record<number, number | null>> = {}) {
  return (start: Held, { numberOf }: MessyWorld): Held => {
    const all = Array.from(
      { length: PEOPLE },
      (_, place) => [place, changes[place] === undefined ? 20 : changes[place]] as const,
    );
    const counts = new Map<string, number>();
    for (const [place, quantity] of all) if (quantity !== null) counts.set(`${numberOf(place)} 2026-11 800`, quantity);
    return { ...start, counts };
  };
}

/** Three vouchers more for each of the ten, in lines of fixed width. */
function increments({ employer, numberOf }: MessyWorld, name: string, day: string): MessyFile {
  const people = Array.from({ length: PEOPLE }, (_, place) => [
    `006${employer}${numberOf(place)}`,
    '009meal    +0000300800',
  ]).flat();
  const lines = ['000NAVPTG0000120261205', '003202611', ...people];
  const bytes = `${[...lines, `999${String(lines.length).padStart(7, '0')}`].join('\r\n')}\r\n`;
  return { name: `${employer}_${name}`, bytes, layout: 'payroll-fixed-signed', full: false, day };
}

export const MESSY_PAYROLL: readonly MessyCase[] = [
  {
    file: 'payroll with `,` between the columns, and quoted amounts',
    should: 'every count is loaded',
    mend: null,
    files: (world) => [payrollFile(world, grants(world), { separator: ',' })],
    truth: granted(),
  },
  {
    file: 'payroll with "8,00" and one "1.234,50"',
    should: '8.00 is loaded; 1,234.50 is understood, and refused as more than a meal voucher may be',
    mend: { lacks: 'legal limits with their dates, checked by the month worked', days: 2 },
    files: (world) => [payrollFile(world, grants(world, { [SUBJECT]: { value: '1.234,50' } }))],
    truth: granted({ [SUBJECT]: null }),
  },
  {
    file: 'payroll for a person who is not known',
    should: 'that row is refused, the others are loaded',
    mend: null,
    files: (world) => [payrollFile(world, grants(world, {}, [{ number: world.numberOf(PEOPLE) }]))],
    truth: granted(),
  },
  {
    file: 'payroll that restates a month, newer file last',
    should: 'the last total counts',
    mend: null,
    files: (world) => [
      payrollFile(world, grants(world), { day: '2026-12-01' }),
      payrollFile(world, grants(world, { [SUBJECT]: { quantity: '18' } }), { name: 'pay2.csv', day: '2026-12-03' }),
    ],
    truth: granted({ [SUBJECT]: 18 }),
  },
  {
    file: 'the same two files, the older one arrives last',
    should: 'the newer total stays',
    mend: { lacks: 'a moment per count, compared in every update', days: 1 },
    files: (world) => [
      payrollFile(world, grants(world, { [SUBJECT]: { quantity: '18' } }), { name: 'pay2.csv', day: '2026-12-03' }),
      payrollFile(world, grants(world), { day: '2026-12-01' }),
    ],
    truth: granted({ [SUBJECT]: 18 }),
  },
  {
    file: 'two rows with different counts for one person and month',
    should: 'neither is believed, the others are loaded',
    mend: { lacks: 'compare the rows and refuse both', days: 0.5 },
    files: (world) => [payrollFile(world, grants(world, {}, [{ number: world.numberOf(SUBJECT), quantity: '2' }]))],
    truth: granted({ [SUBJECT]: null }),
  },
  {
    file: 'two columns with the same name and different counts',
    should: 'nothing is loaded: nobody can say which one is meant',
    mend: { lacks: 'read the header before pandas renames it', days: 0.5 },
    files: (world) => [
      payrollFile(
        world,
        grants(world).map((cells) => [...cells, '2']),
        { header: [...HEADER, 'nombre'] },
      ),
    ],
    truth: (start) => start,
  },
  {
    file: 'one row about an employer for whom another secretariat acts',
    should: 'that row is refused, and says nothing about whether the employer or the person exists',
    mend: { lacks: 'mandates with their dates, one per drop, and somebody who keeps them', days: 4 },
    files: (world) => [
      payrollFile(
        world,
        grants(world, {}, [{ employer: world.otherEmployer, number: world.stranger.nationalRegisterNumber ?? '' }]),
      ),
    ],
    truth: granted(),
  },
  {
    file: 'the same file of increments twice, under two names',
    should: 'it counts once',
    mend: { lacks: 'a table of the hashes of what was loaded', days: 0.5 },
    files: (world) => [increments(world, 'plus.txt', '2026-12-01'), increments(world, 'plus_again.txt', '2026-12-02')],
    truth: granted(Object.fromEntries(Array.from({ length: PEOPLE }, (_, place) => [place, 3]))),
  },
];

/** Owns the twelve invented employers of the demo, and the issuer's customer file that describes them. Long because it is a list. */
import type { ContractFees, Language } from '../../../src/model.ts';
import { inventEnterpriseNumber } from '../people.ts';

export type Sender = 'alpha' | 'beta' | 'gamma';

export interface DemoEmployer {
  readonly enterpriseNumber: string;
  readonly name: string;
  readonly language: Language;
  readonly sender: Sender;
  readonly people: number;
  /** cents; where there are several, the people have one or the other */
  readonly faceValues: readonly number[];
  readonly city: string;
  readonly postalCode: string;
  readonly street: string;
  readonly domain: string;
  /** labels; empty when the employer itself is billed */
  readonly costCenters: readonly string[];
  readonly deliveryPoints: readonly string[];
  readonly fees: ContractFees;
  readonly eco: boolean;
  readonly confirm: 'without-warnings' | 'never';
}

type Sketch = Omit<DemoEmployer, 'enterpriseNumber' | 'costCenters' | 'deliveryPoints' | 'eco' | 'confirm'> &
  Partial<Pick<DemoEmployer, 'costCenters' | 'deliveryPoints' | 'eco' | 'confirm'>>;

const CARDS = { cardProduction: 450, cardDelivery: 300 };
const TIERS = [
  { upTo: 500_000, percent: '3.5' },
  { upTo: 1_000_000, percent: '2.75' },
  { upTo: null, percent: '2' },
];

const SKETCHES: readonly Sketch[] = [
  {
    name: 'Brasserie du Parc Bleu',
    language: 'fr',
    sender: 'alpha',
    people: 58,
    faceValues: [800, 700],
    city: 'Namur',
    postalCode: '5000',
    street: 'Rue des Houblons',
    domain: 'parcbleu.example',
    costCenters: ['Brassage', 'Café du Parc', 'Livraisons'],
    deliveryPoints: ['Siège', 'Café du Parc'],
    fees: { service: { percent: '3' }, ...CARDS },
  },
  {
    name: 'Imprimerie Trois Encres',
    language: 'fr',
    sender: 'alpha',
    people: 45,
    faceValues: [800],
    city: 'Charleroi',
    postalCode: '6000',
    street: 'Rue du Plomb',
    domain: 'troisencres.example',
    costCenters: ['Presse', 'Reliure'],
    deliveryPoints: ['Atelier'],
    fees: { service: { tiers: TIERS }, ...CARDS },
  },
  {
    name: 'Crèche Les Petits Loups',
    language: 'fr',
    sender: 'alpha',
    people: 24,
    faceValues: [700],
    city: 'Wavre',
    postalCode: '1300',
    street: 'Avenue du Toboggan',
    domain: 'petitsloups.example',
    fees: { service: { perVoucher: 12 }, ...CARDS },
    eco: true,
  },
  {
    name: 'Horizon Robotics Europe',
    language: 'en',
    sender: 'alpha',
    people: 41,
    faceValues: [1000, 800],
    city: 'Louvain-la-Neuve',
    postalCode: '1348',
    street: 'Rue de la Soudure',
    domain: 'horizon-robotics.example',
    deliveryPoints: ['Campus'],
    fees: { service: { fixed: 4500 }, ...CARDS },
  },
  {
    name: 'Menuiserie Copeau & Fille',
    language: 'fr',
    sender: 'alpha',
    people: 18,
    faceValues: [800],
    city: 'Dinant',
    postalCode: '5500',
    street: 'Chemin du Rabot',
    domain: 'copeau.example',
    fees: { service: { percent: '2.5' } },
    confirm: 'never',
  },
  {
    name: 'Bakkerij Zonnebrood',
    language: 'nl',
    sender: 'beta',
    people: 62,
    faceValues: [800, 600],
    city: 'Gent',
    postalCode: '9000',
    street: 'Gistweg',
    domain: 'zonnebrood.example',
    costCenters: ['Bakkerij', 'Winkels'],
    deliveryPoints: ['Bakkerij', 'Winkel Korenmarkt', 'Winkel Dampoort'],
    fees: { service: { perBeneficiary: 75 }, ...CARDS },
  },
  {
    name: 'Transport Scheldezicht',
    language: 'nl',
    sender: 'beta',
    people: 37,
    faceValues: [800],
    city: 'Antwerpen',
    postalCode: '2030',
    street: 'Kaai',
    domain: 'scheldezicht.example',
    deliveryPoints: ['Depot'],
    fees: { service: { tiers: TIERS }, cardProduction: 400, cardDelivery: 500 },
  },
  {
    name: 'Apotheek De Lindeboom',
    language: 'nl',
    sender: 'beta',
    people: 14,
    faceValues: [700],
    city: 'Leuven',
    postalCode: '3000',
    street: 'Lindelaan',
    domain: 'lindeboom.example',
    fees: {},
  },
  {
    name: 'Softwarehuis Kompas',
    language: 'nl',
    sender: 'beta',
    people: 30,
    faceValues: [1000],
    city: 'Hasselt',
    postalCode: '3500',
    street: 'Noorderring',
    domain: 'kompas.example',
    fees: { service: { perVoucher: 15 }, ...CARDS },
    deliveryPoints: ['Kantoor'],
  },
  {
    name: 'Sägewerk Hohes Moor',
    language: 'de',
    sender: 'gamma',
    people: 28,
    faceValues: [700],
    city: 'Eupen',
    postalCode: '4700',
    street: 'Moorweg',
    domain: 'hohesmoor.example',
    deliveryPoints: ['Werk'],
    fees: { service: { percent: '3.25' }, ...CARDS },
  },
  {
    name: 'Molkerei Göhltal',
    language: 'de',
    sender: 'gamma',
    people: 27,
    faceValues: [800],
    city: 'Kelmis',
    postalCode: '4720',
    street: 'Milchstraße',
    domain: 'goehltal.example',
    fees: { service: { perBeneficiary: 90 }, ...CARDS },
  },
  {
    name: 'Hotel Zum Warmen Ofen',
    language: 'de',
    sender: 'gamma',
    people: 16,
    faceValues: [600],
    city: 'Sankt Vith',
    postalCode: '4780',
    street: 'Kachelgasse',
    domain: 'warmerofen.example',
    fees: { service: { fixed: 2500 }, cardProduction: 450 },
  },
];

export const EMPLOYERS: readonly DemoEmployer[] = SKETCHES.map((sketch, index) => ({
  costCenters: [],
  deliveryPoints: [],
  eco: false,
  confirm: 'without-warnings',
  ...sketch,
  enterpriseNumber: inventEnterpriseNumber(4_030_192 + index * 37_011),
}));

/** The employer at a place of the list above. */
export function employerAt(index: number): DemoEmployer {
  const employer = EMPLOYERS[index];
  if (employer === undefined) throw new RangeError(`there is no employer ${index}`);
  return employer;
}

/** One employer a line; the last line is about nobody, as its enterprise number has wrong check digits. */
export function employersFile(): string {
  const lines = EMPLOYERS.map(employerLine);
  const wrong = { ...employerLine(employerAt(0)), enterpriseNumber: '0999999999', name: 'Société Fantôme' };
  return [...lines, wrong].map((line) => `${JSON.stringify(line)}\n`).join('');
}

function employerLine(employer: DemoEmployer) {
  const place = (label: string, index: number) => ({
    number: index + 1,
    label,
    street: employer.street,
    houseNumber: String(index + 1),
    box: null,
    postalCode: employer.postalCode,
    city: employer.city,
    country: 'BE',
  });
  const contract = { product: 'meal', from: '2026-01-01', to: null, fees: employer.fees };
  const order = {
    from: '2026-11',
    to: null,
    dayOfMonth: 5,
    shift: 'next-working-day',
    worked: 'previous-month',
    validityStart: 'order-date',
    late: 'missed',
    confirm: employer.confirm,
  };
  return {
    enterpriseNumber: employer.enterpriseNumber,
    name: employer.name,
    language: employer.language,
    invoiceEmail: `invoices@${employer.domain}`,
    status: 'active',
    mandates: mandatesOf(employer),
    deliveryPoints: employer.deliveryPoints.map(place),
    // The second center has a mailbox of its own.
    costCenters: employer.costCenters.map((label, index) => ({
      ...place(label, index),
      invoiceEmail: index === 1 ? `center2@${employer.domain}` : null,
    })),
    contracts: [contract, ...(employer.eco ? [{ product: 'eco', from: '2026-01-01', to: null, fees: {} }] : [])],
    standingOrders: [
      {
        id: 'meal-monthly',
        product: 'meal',
        reference: `${ORDER_NAMES[employer.language]} {period}`,
        ...order,
        quantity: { from: 'payroll' },
      },
      ...(employer.eco
        ? [
            {
              id: 'eco-yearly',
              product: 'eco',
              reference: 'Éco {period}',
              ...order,
              months: [11],
              quantity: { amount: 10_000 },
            },
          ]
        : []),
    ],
  };
}

const ORDER_NAMES = { fr: 'Chèques-repas', nl: 'Maaltijdcheques', de: 'Mahlzeitschecks', en: 'Meal vouchers' } as const;

/** Kompas has left alpha for beta; alpha has not noticed. */
function mandatesOf(employer: DemoEmployer) {
  const mandate = { secretariat: employer.sender, from: '2026-01-01', to: null };
  if (employer !== employerAt(FORMER_CLIENT_OF_ALPHA)) return [mandate];
  return [
    { secretariat: 'alpha', from: '2026-01-01', to: '2026-09-30' },
    { ...mandate, from: '2026-10-01' },
  ];
}

/** Its place in `EMPLOYERS`. */
export const FORMER_CLIENT_OF_ALPHA = 8;

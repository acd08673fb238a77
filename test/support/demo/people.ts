/** Owns the about 400 invented people of the demo: the same ones in every run. */
import { addDays } from '../../../src/transform/values/calendar.ts';
import { inventNationalRegisterNumber } from '../people.ts';
import { type DemoEmployer, EMPLOYERS } from './employers.ts';

export interface DemoPerson {
  readonly nationalRegisterNumber: string;
  readonly personnelNumber: string;
  readonly lastName: string;
  readonly firstName: string;
  readonly gender: 'm' | 'f';
  readonly birthDate: string;
  readonly language: 'fr' | 'nl' | 'de' | 'en';
  readonly email: string;
  readonly street: string;
  readonly houseNumber: string;
  readonly postalCode: string;
  readonly city: string;
  /** 1-based, 0 = none */
  readonly costCenter: number;
  /** 1-based, 0 = sent home */
  readonly deliveryPoint: number;
  /** cents */
  readonly faceValue: number;
  /** meal vouchers earned in the month */
  readonly quantity: number;
}

// Names that nobody bears, so that a log in which one appears has it from here.
const LAST_NAMES: Record<'fr' | 'nl' | 'de', readonly string[]> = {
  fr: [
    'Navetteau',
    'Bonpapier',
    'Delenveloppe',
    'Carteblanche',
    'Tamponnier',
    'Grosclasseur',
    'Trombonet',
    'Agrafeuil',
    'Lafichette',
    'Bordereault',
    'Doubleclic',
    'Perforette',
    'Encriérieux',
    'Marquepagène',
  ],
  nl: [
    'Vanderfiche',
    'Kaartmans',
    'Spreidblad',
    'Rijtjens',
    'Verstempelen',
    'Papierhovens',
    'De Klasseerder',
    'Nietjesmaeckers',
    'Omslaghers',
    'Paperclipens',
    'Van der Kolommen',
    'Inktpottemans',
    'Kladblokx',
  ],
  de: [
    'Scheckhofer',
    'Blattwender',
    'Lochersberg',
    'Heftzwecker',
    'Stempelkissler',
    'Aktendeckl',
    'Zettelmoser',
    'Spaltenreiter',
    'Büroklammerer',
    'Tintenfässler',
  ],
};
const FIRST_NAMES: Record<'m' | 'f', readonly string[]> = {
  m: ['Odilon', 'Wannes', 'Björn', 'Lieven', 'Théodule', 'Joris', 'Götz', 'Ambroise', 'Siegbert', 'Fabrice', 'Mats'],
  f: [
    'Zélie',
    'Fleurine',
    'Apolline',
    'Hedwig',
    'Noémie',
    'Annelore',
    'Gwendoline',
    'Kaat',
    'Mechthild',
    'Ségolène',
    'Imke',
  ],
};
const STREETS = { fr: 'Rue du Facteur', nl: 'Postzegelstraat', de: 'Briefkastenweg' } as const;

/** The people of every employer, by their place in `EMPLOYERS`. */
export function inventPopulation(): readonly (readonly DemoPerson[])[] {
  const random = seeded(20_261_130);
  const population = EMPLOYERS.map((employer, index) => {
    const people: DemoPerson[] = [];
    for (let place = 0; place < employer.people; place++) people.push(inventOne(employer, index, place, random));
    return people;
  });
  // The carpenter's last joiner also cooks at the crèche: two employers, one person, one card.
  const cook = population[2]?.[5];
  return population.map((people, index) =>
    people.map((person, place) =>
      cook !== undefined && index === 4 && place === 17 ? { ...person, ...identityOf(cook) } : person,
    ),
  );
}

function identityOf({ nationalRegisterNumber, lastName, firstName, gender, birthDate, email }: DemoPerson) {
  return { nationalRegisterNumber, lastName, firstName, gender, birthDate, email };
}

function inventOne(employer: DemoEmployer, index: number, place: number, random: () => number): DemoPerson {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const home = employer.sender === 'alpha' ? 'fr' : employer.sender === 'beta' ? 'nl' : 'de';
  const gender = random() < 0.5 ? 'm' : 'f';
  // Two were born in 2000 and later, and have numbers whose zeros a spreadsheet loses.
  const birthDate = BORN_WITH_ZEROS.get(`${index}/${place}`) ?? addDays('1962-01-01', Math.floor(random() * 14_600));
  const lastName = pick(LAST_NAMES[home]);
  const firstName = pick(FIRST_NAMES[gender]);
  const number = index * 100 + place;
  return {
    nationalRegisterNumber: inventNationalRegisterNumber(birthDate, (number % 450) * 2 + (gender === 'm' ? 1 : 2)),
    personnelNumber: String(1000 + number),
    lastName,
    firstName,
    gender,
    birthDate,
    language: employer.language === 'en' && random() < 0.7 ? 'en' : home,
    email: `${asciiWord(firstName)}.${asciiWord(lastName)}.${number}@${employer.domain}`,
    street: STREETS[home],
    houseNumber: String(1 + Math.floor(random() * 180)),
    postalCode: employer.postalCode,
    city: employer.city,
    costCenter: employer.costCenters.length === 0 ? 0 : 1 + Math.floor(random() * employer.costCenters.length),
    deliveryPoint:
      employer.deliveryPoints.length === 0 || random() < 0.15
        ? 0
        : 1 + Math.floor(random() * employer.deliveryPoints.length),
    faceValue: pick(employer.faceValues),
    quantity: random() < 0.6 ? 20 : pick([8, 10, 12, 16, 17, 18, 19]),
  };
}

const BORN_WITH_ZEROS = new Map([
  ['1/18', '2000-05-12'],
  ['3/4', '2003-11-23'],
]);

function asciiWord(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
}

/** Numbers from 0 to below 1, the same ones in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

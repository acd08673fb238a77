/** Owns invented people: names that belong to nobody and register numbers with valid check digits. */
import { addDays } from '../../src/transform/values/calendar.ts';
import { registerNumberCheckDigits } from '../../src/transform/values/national-register-number.ts';

/**
 * The register number of an invented person born on that day (from 1900 to 2099). An odd serial (0 to 999) makes a man, an
 * even one a woman; `monthOffset` 20 or 40 makes a BIS number.
 */
export function inventNationalRegisterNumber(birthDate: string, serial: number, monthOffset: 0 | 20 | 40 = 0): string {
  const month = String(Number(birthDate.slice(5, 7)) + monthOffset).padStart(2, '0');
  const nine = birthDate.slice(2, 4) + month + birthDate.slice(8) + String(serial).padStart(3, '0');
  return nine + registerNumberCheckDigits(nine, birthDate >= '2000');
}

/** An enterprise number with valid check digits; `counter` from 0 to 9 999 999. */
export function inventEnterpriseNumber(counter: number): string {
  const eight = `0${String(counter).padStart(7, '0')}`;
  return eight + String(97 - (Number(eight) % 97)).padStart(2, '0');
}

export interface InventedPerson {
  readonly nationalRegisterNumber: string;
  readonly lastName: string;
  readonly firstName: string;
  readonly gender: 'm' | 'f';
  readonly birthDate: string;
  readonly language: 'fr' | 'nl' | 'de';
  readonly email: string;
}

const FIRST_NAMES = [
  'Zélie',
  'Odilon',
  'Fleurine',
  'Wannes',
  'Apolline',
  'Joris',
  'Hedwig',
  'Björn',
  'Noémie',
  'Lieven',
];
const LAST_NAMES = [
  'Navetteau',
  'Vanderfiche',
  'Bonpapier',
  'Kaartmans',
  'Scheckhofer',
  'Delenveloppe',
  'Spreidblad',
  'Rijtjens',
];
const LANGUAGES = ['fr', 'nl', 'de'] as const;

/** The invented person number `index` (from 0): always the same one, and another register number for every index below 7 million. */
export function inventPerson(index: number): InventedPerson {
  const birthDate = addDays('1960-01-01', index % 15_000);
  const serial = 1 + ((Math.floor(index / 15_000) * 2 + (index % 2)) % 998);
  const firstName = FIRST_NAMES[index % FIRST_NAMES.length] ?? '';
  const lastName = LAST_NAMES[Math.floor(index / FIRST_NAMES.length) % LAST_NAMES.length] ?? '';
  return {
    nationalRegisterNumber: inventNationalRegisterNumber(birthDate, serial),
    lastName,
    firstName,
    gender: serial % 2 === 1 ? 'm' : 'f',
    birthDate,
    language: LANGUAGES[index % LANGUAGES.length] ?? 'fr',
    email: `person${index}@example.be`,
  };
}

/** The text of a payment QR code that bank apps read: a SEPA credit transfer by EPC069-12, version 002. */
import type { Cents } from '../../model.ts';

export interface EpcPayment {
  /** payee; folded to ASCII, at most 70 characters */
  readonly name: string;
  readonly iban: string;
  readonly bic: string;
  /** 0.01 to 999 999 999.99 euros */
  readonly amount: Cents;
  /** 12 digits */
  readonly structuredCommunication: string;
}

const LARGEST = 99_999_999_999;
const LONGEST_NAME = 70;
/** Letters that Unicode does not take apart into a letter and an accent. */
const WHOLE_LETTERS = { ß: 'ss', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ø: 'o', Ø: 'O' };

/**
 * Ten lines, LF between them and none at the end; the lines after the last one that is filled are left out (EPC069-12, table 1).
 * The communication stands as a structured creditor reference: as free text, Belgian bank apps would send it as free text.
 * RangeError for an amount, a communication or a name that no bank app would take.
 */
export function epcPaymentText(payment: EpcPayment): string {
  const { amount, structuredCommunication } = payment;
  if (!Number.isSafeInteger(amount) || amount < 1 || amount > LARGEST) {
    throw new RangeError('A payment is 0.01 to 999999999.99 euros.');
  }
  if (!/^\d{12}$/.test(structuredCommunication)) throw new RangeError('A structured communication is 12 digits.');
  const name = asciiName(payment.name);
  if (name === '') throw new RangeError('A payee has a name.');
  const digits = String(amount).padStart(3, '0');
  const euros = `EUR${digits.slice(0, -2)}.${digits.slice(-2)}`;
  const characterSet = '1';
  const purpose = '';
  return [
    'BCD',
    '002',
    characterSet,
    'SCT',
    payment.bic,
    name,
    payment.iban.replace(/\s/g, ''),
    euros,
    purpose,
    structuredCommunication,
  ].join('\n');
}

/** Readers and bank apps disagree about encodings; within ASCII all of them read the same. */
function asciiName(name: string): string {
  return Object.entries(WHOLE_LETTERS)
    .reduce((text, [letter, ascii]) => text.replaceAll(letter, ascii), name)
    .normalize('NFKD')
    .replace(/[’‘]/g, "'")
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, LONGEST_NAME)
    .trimEnd();
}

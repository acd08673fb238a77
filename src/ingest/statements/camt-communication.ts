/** What the payer wrote in a camt.053 transaction: the structured communication, and everything else as free text. */
import { findAll, textAt } from './camt-fields.ts';
import type { CamtElement } from './camt-xml.ts';
import { isStructuredCommunication } from './structured-communication.ts';

export interface Communication {
  /** 12 digits, null when there is none or more than one */
  readonly number: string | null;
  readonly text: string;
}

/**
 * Of the remittance information of a transaction (`TxDtls`). A Belgian structured communication is a creditor reference of
 * type SCOR issued by BBA (Febelfin, XML message for statement); some banks leave the type out, so that its check digits
 * decide. Other references (RF, ISO 11649) are text. Several communications are left to whoever reads the text.
 */
export function communicationOf(transaction: CamtElement): Communication {
  const numbers = new Set<string>();
  const texts: string[] = [];
  for (const information of findAll(transaction, 'RmtInf')) {
    for (const part of information.children) {
      if (part.name === 'Ustrd') texts.push(oneLine(part.text));
      if (part.name !== 'Strd') continue;
      for (const { number, text } of findAll(part, 'CdtrRefInf').map(referenceOf)) {
        if (number === null) texts.push(text);
        else numbers.add(number);
      }
      texts.push(...findAll(part, 'AddtlRmtInf').map(({ text }) => oneLine(text)));
    }
  }
  const [only = null, ...others] = numbers;
  if (others.length === 0) return { number: only, text: textOf(texts) };
  return { number: null, text: textOf([...numbers, ...texts]) };
}

function referenceOf(reference: CamtElement): Communication {
  const text = textAt(reference, 'Ref');
  const issuer = textAt(reference, 'Tp', 'Issr').toUpperCase();
  const number = text.replace(/^[+*]{3}(\d{3})\/(\d{4})\/(\d{5})[+*]{3}$/, '$1$2$3');
  const isBelgian = (issuer === '' || issuer === 'BBA') && isStructuredCommunication(number);
  return isBelgian ? { number, text: '' } : { number: null, text };
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

function textOf(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ');
}

/** Owns numbers: integers, decimals, amounts in euro and in cents, as people and payroll programs write them. */
import {
  type CellParser,
  type FilledCell,
  type Finding,
  fault,
  type Parsed,
  plainDecimal,
  unreadable,
} from './finding.ts';

/** The largest count, or amount in cents, of one cell: what a four-byte integer column holds. */
const LARGEST_NUMBER = 2_147_483_647;

const INTEGER = fault('integer.invalid', { accepted: '20' });
const INTEGER_TOO_LARGE = fault('integer.invalid', { max: LARGEST_NUMBER });
const DECIMAL = fault('decimal.invalid', { accepted: '20,5' });
const EURO = fault('euro.invalid', { accepted: '8,00' });
const CENTS = fault('euro.invalid', { accepted: '800' });

const FEW_DIGITS = /^\d{1,9}$/;
const SIGNED_DIGITS = /^[+-]?\d{1,12}$/;
const SIMPLE_EURO = /^(\d{1,6})[.,](\d\d)$/;
const CURRENCY_BEFORE = /^([+\-−]?)\s*(?:€|EUR)\s*/i;
const CURRENCY_BEHIND = /\s*(?:€|EUR)$/i;
const SIGN = /^([+\-−]?)\s*/;
/** digits, then perhaps a decimal part */
const UNGROUPED = /^(\d+)(?:[.,](\d+))?$/;
/** thousands parted by spaces, points or commas; the decimal part begins with another sign */
const GROUPED = [
  /^([1-9]\d{0,2}(?:\s\d{3})+)(?:[.,](\d+))?$/,
  /^([1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d+))?$/,
  /^([1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d+))?$/,
];
const GROUP_SIGNS = /[\s.,]/g;
/** `1.234` parts thousands for one sender and decimals for another */
const COULD_BE_TWO = /^[1-9]\d{0,2}[.,]\d{3}$/;
/** how far, in units or cents, a workbook's computed number may be off a whole one */
const ROUNDING_NOISE = 0.000001;

/** A whole number: `20`, `-2`, `1 234`, `20,0`. Half a voucher, an exponent, and `1.234` are refused. */
export const parseInteger: CellParser = numberParser(1, INTEGER, INTEGER_TOO_LARGE, (text) => {
  if (FEW_DIGITS.test(text)) return Number(text);
  const written = readNumber(text);
  if (written === null || !/^0*$/.test(written.fraction)) return INTEGER;
  return written.sign * Number(written.whole);
});

/** A whole number written in hundredths without separator, as in records of fixed width: `02000` is 20. */
export const parseHundredths: CellParser = numberParser(0.01, INTEGER, INTEGER_TOO_LARGE, (text) => {
  const hundredths = SIGNED_DIGITS.test(text) ? Number(text) : Number.NaN;
  return hundredths % 100 === 0 ? hundredths / 100 : INTEGER;
});

/** An amount in euro, as cents: `8,00`, `8.00`, `€ 8`, `1.234,50`, `1,234.50`, `1 234,50`. `1.234` is refused. */
export const parseEuro: CellParser = numberParser(100, EURO, EURO, (text) => {
  const simple = SIMPLE_EURO.exec(text);
  if (simple !== null) return Number(simple[1]) * 100 + Number(simple[2]);
  const amount = text.replace(CURRENCY_BEFORE, '$1');
  const written = readNumber(amount === text ? text.replace(CURRENCY_BEHIND, '') : amount);
  if (written === null || written.fraction.length > 2) return EURO;
  return written.sign * (Number(written.whole) * 100 + Number(written.fraction.padEnd(2, '0')));
});

/** An amount in whole cents: `00800` is 8 euro. */
export const parseCents: CellParser = numberParser(1, CENTS, CENTS, (text) =>
  SIGNED_DIGITS.test(text) ? Number(text) : CENTS,
);

/** A decimal number of at most 15 digits, as decimal text with a point: `20,50` gives `20.5`. */
export function parseDecimal(cell: FilledCell): Parsed {
  if (typeof cell === 'number') return plainDecimal(cell);
  if (typeof cell === 'boolean') return DECIMAL;
  if (typeof cell === 'object') return 'date' in cell ? DECIMAL : unreadable(cell);
  const written = readNumber(cell);
  if (written === null || written.whole.length + written.fraction.length > 15) return DECIMAL;
  const whole = written.whole.replace(/^0+(?=\d)/, '');
  const fraction = written.fraction.replace(/0+$/, '');
  const unsigned = fraction === '' ? whole : `${whole}.${fraction}`;
  return written.sign === -1 && unsigned !== '0' ? `-${unsigned}` : unsigned;
}

function numberParser(
  scale: number,
  wrong: Finding,
  tooLarge: Finding,
  parseText: (text: string) => number | Finding,
): CellParser {
  return (cell) => {
    let value: number | Finding = wrong;
    if (typeof cell === 'string') {
      value = parseText(cell);
    } else if (typeof cell === 'number') {
      const whole = Math.round(cell * scale);
      if (Math.abs(cell * scale - whole) <= ROUNDING_NOISE) value = whole;
    } else if (typeof cell === 'object' && !('date' in cell)) {
      return unreadable(cell);
    }
    if (typeof value !== 'number') return value;
    // `|| 0` because a minus zero would be another value than zero in a comparison of fingerprints.
    return Math.abs(value) <= LARGEST_NUMBER ? value || 0 : tooLarge;
  };
}

interface WrittenNumber {
  readonly sign: 1 | -1;
  /** digits only */
  readonly whole: string;
  readonly fraction: string;
}

/** The parts of a number as it is written, null when it is none or could be two. */
function readNumber(text: string): WrittenNumber | null {
  const sign = SIGN.exec(text);
  const unsigned = text.slice(sign?.[0].length ?? 0);
  if (COULD_BE_TWO.test(unsigned)) return null;
  for (const shape of [UNGROUPED, ...GROUPED]) {
    const parts = shape.exec(unsigned);
    if (parts === null) continue;
    const whole = (parts[1] ?? '').replace(GROUP_SIGNS, '');
    return { sign: sign?.[1] === '-' || sign?.[1] === '−' ? -1 : 1, whole, fraction: parts[2] ?? '' };
  }
  return null;
}

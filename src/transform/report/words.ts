/** How the report says numbers, amounts and months. */
import type { Cents, Period } from '../../model.ts';

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

export function monthName(period: Period): string {
  return `${MONTHS[Number(period.slice(5)) - 1]} ${period.slice(0, 4)}`;
}

export function shortMonth(period: Period): string {
  return monthName(period).slice(0, 3);
}

export function change(one: number, other = 0): string {
  if (other === 0) return one === 0 ? 'none the month before either' : 'none the month before';
  const share = Math.round((100 * (one - other)) / other);
  const sign = share > 0 ? '+' : share < 0 ? '−' : '±';
  return `${sign}${Math.abs(share)} % on the month before`;
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(part === 0 || part === whole ? 0 : 1)} %`;
}

/** `1 234`, with a space that does not break. */
export function count(value: number): string {
  const digits = String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return `${value < 0 ? '−' : ''}${digits}`;
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `€ 1 234.56`. */
export function euros(cents: Cents): string {
  const whole = Math.trunc(Math.abs(cents) / 100);
  return `${cents < 0 ? '−' : ''}€\u00a0${count(whole)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;
}

/** `€ 1 234.56`, or `USD 1 234.56`. */
export function money(hundredths: number, currency: string): string {
  return currency === 'EUR' ? euros(hundredths) : euros(hundredths).replace('€', currency);
}

/** Four digits at most: `9 999`, `120k`, `12M`. */
export function short(value: number): string {
  if (value < 10_000) return count(value);
  return value < 9_999_500 ? `${count(Math.round(value / 1000))}k` : `${count(Math.round(value / 1_000_000))}M`;
}

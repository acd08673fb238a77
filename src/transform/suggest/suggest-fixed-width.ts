/** Owns what the positions of an unknown file of fixed width mean, as far as payroll's fields can be told from digits alone. */
import type { Day } from '../../model.ts';
import { existsInCalendar } from '../values/calendar.ts';
import { parseEnterpriseNumber } from '../values/enterprise-number.ts';
import { foldWord } from '../values/fold-word.ts';
import { readRegisterNumber } from '../values/national-register-number.ts';
import type { SuggestContext } from './suggest-columns.ts';
import { type SuggestedCut, splitCounts } from './suggest-counts.ts';

/** A stretch of positions of which all are filled in the same lines, with signs of one sort. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly sort: 'digits' | 'sign' | 'text';
}

const DATE_PATTERNS = ['YYYYMMDD', 'DDMMYYYY', 'MMYYYYDD', 'MMDDYYYY'];
const PERIOD_PATTERNS = ['YYYYMM', 'MMYYYY'];
const NEARLY_ALL = 0.8;
/** Rows with a day that does not exist are faults of rows; no other eight digits would be days so often. */
const MOST = 0.6;

/** Looks at lines of one type, from position `start` on (1-based). */
export function suggestCuts(lines: readonly string[], start: number, context: SuggestContext): SuggestedCut[] {
  const cuts: SuggestedCut[] = [];
  const take = (cut: SuggestedCut | null): void => {
    if (cut !== null) cuts.push(cut);
  };
  const isFree = (from: number, to: number): boolean => cuts.every((cut) => to < cut.from || from > cut.to);
  const isPerson = (text: string): boolean => /^\d{11}$/.test(text) && readRegisterNumber(text, context.today) !== null;
  const isEmployer = (text: string): boolean => /^\d{10}$/.test(text) && parseEnterpriseNumber(text) !== null;
  take(bestWindow(lines, start, 11, 'nationalRegisterNumber', 'national-register-number', isPerson, () => true));
  take(bestWindow(lines, start, 10, 'enterpriseNumber', 'enterprise-number', isEmployer, isFree));
  for (const stretch of stretchesOf(lines, start, isFree)) {
    if (stretch.sort === 'sign') take({ ...stretch, field: 'sign', parse: 'sign', confidence: 0.9 });
    else if (stretch.sort === 'text') take(productIn(lines, stretch, context));
    else if (!cuts.some(({ field }) => field === 'employmentEnd')) take(dateIn(lines, stretch, context.today));
  }
  const periods = PERIOD_PATTERNS.map((pattern) => {
    const isPeriod = (text: string): boolean => isMonthNear(text, pattern, context.today);
    return bestWindow(lines, start, 6, 'period', `period ${pattern}`, isPeriod, isFree);
  });
  take(periods.reduce((best, one) => ((one?.confidence ?? 0) > (best?.confidence ?? 0) ? one : best)));
  const digits = stretchesOf(lines, start, isFree).filter(({ sort, from, to }) => sort === 'digits' && to > from);
  cuts.push(...splitCounts(lines, digits));
  return cuts.sort((one, other) => one.from - other.from);
}

/** The text of a line at positions that are 1-based and inclusive, trimmed. */
function cutOut(line: string, from: number, to: number): string {
  return line.slice(from - 1, to).trim();
}

/** The leftmost of the windows of that width in which most lines hold what is looked for. */
function bestWindow(
  lines: readonly string[],
  start: number,
  width: number,
  field: string,
  parse: string,
  fits: (text: string) => boolean,
  isFree: (from: number, to: number) => boolean,
): SuggestedCut | null {
  const longest = Math.max(...lines.map((line) => line.length));
  let best: SuggestedCut | null = null;
  for (let from = start; from + width - 1 <= longest; from += 1) {
    const to = from + width - 1;
    if (!isFree(from, to)) continue;
    const share = lines.filter((line) => fits(line.slice(from - 1, to))).length / lines.length;
    if (share >= NEARLY_ALL && share > (best?.confidence ?? 0)) best = { field, from, to, parse, confidence: share };
  }
  return best;
}

function stretchesOf(
  lines: readonly string[],
  start: number,
  isFree: (from: number, to: number) => boolean,
): Stretch[] {
  const longest = Math.max(...lines.map((line) => line.length));
  const stretches: Stretch[] = [];
  let before = '';
  for (let at = start; at <= longest; at += 1) {
    const signs = lines.map((line) => line[at - 1] ?? ' ');
    const sort = sortOf(signs);
    const filled = sort === 'digits' ? signs.map((sign) => (sign === ' ' ? ' ' : 'x')).join('') : '';
    const key = isFree(at, at) ? `${sort}${filled}` : '';
    const last = stretches.at(-1);
    const goesOn = last !== undefined && last.to === at - 1 && isFree(at, at);
    // Blanks behind a word are the rest of its field.
    if (goesOn && (key === before || (sort === 'blank' && last.sort === 'text'))) {
      stretches.splice(-1, 1, { ...last, to: at });
      if (sort === 'blank') continue;
    } else if (key !== '' && sort !== 'blank') {
      stretches.push({ from: at, to: at, sort });
    }
    before = key;
  }
  return stretches;
}

function sortOf(signs: readonly string[]): Stretch['sort'] | 'blank' {
  if (signs.every((sign) => sign === ' ')) return 'blank';
  if (signs.every((sign) => sign === ' ' || (sign >= '0' && sign <= '9'))) return 'digits';
  return signs.every((sign) => ' +-'.includes(sign)) ? 'sign' : 'text';
}

function productIn(lines: readonly string[], { from, to }: Stretch, { products }: SuggestContext): SuggestedCut | null {
  const known = lines.filter((line) => products.has(foldWord(cutOut(line, from, to)))).length / lines.length;
  return known < 0.5 ? null : { field: 'product', from, to, parse: 'product', confidence: known };
}

function dateIn(lines: readonly string[], { from, to }: Stretch, today: Day): SuggestedCut | null {
  const filled = lines.map((line) => cutOut(line, from, to)).filter((text) => text !== '');
  if (to - from !== 7 || filled.length === 0) return null;
  const rated = DATE_PATTERNS.map((pattern) => ({
    pattern,
    share: filled.filter((text) => isDay(text, pattern, today)).length / filled.length,
  }));
  const best = rated.reduce((one, other) => (other.share > one.share ? other : one));
  if (best.share < MOST) return null;
  return { field: 'employmentEnd', from, to, parse: `date ${best.pattern}`, confidence: 0.8 * best.share };
}

function isDay(text: string, pattern: string, today: Day): boolean {
  const part = (letters: string): number =>
    Number(text.slice(pattern.indexOf(letters), pattern.indexOf(letters) + letters.length));
  const year = part('YYYY');
  const isNear = Math.abs(year - Number(today.slice(0, 4))) <= 50;
  return /^\d{8}$/.test(text) && isNear && existsInCalendar(year, part('MM'), part('DD'));
}

function isMonthNear(text: string, pattern: string, today: Day): boolean {
  if (!/^\d{6}$/.test(text)) return false;
  const year = Number(text.slice(pattern.indexOf('YYYY'), pattern.indexOf('YYYY') + 4));
  const month = Number(text.slice(pattern.indexOf('MM'), pattern.indexOf('MM') + 2));
  return month >= 1 && month <= 12 && Math.abs(year - Number(today.slice(0, 4))) <= 2;
}

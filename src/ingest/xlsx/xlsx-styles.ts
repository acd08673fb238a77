/** Which cell styles of a workbook show a number as a date. */
import { readSmallPart } from './xlsx-small-xml.ts';
import type { XlsxZip } from './xlsx-zip.ts';

/** Built-in date and time formats (ECMA-376-1, 18.8.30), those of the Asian locales included. */
const BUILT_IN: readonly (readonly [from: number, to: number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];

/** For every style number that a cell may have (its `s` attribute): whether it shows dates. */
export async function readDateStyles(zip: XlsxZip, part: string): Promise<boolean[]> {
  const codes = new Map<number, string>();
  const formats: number[] = [];
  await readSmallPart(zip, part, (element) => {
    if (element.name === 'numFmt' && element.parent === 'numFmts') {
      codes.set(Number(element.attribute('numFmtId')), element.attribute('formatCode'));
    }
    if (element.name === 'xf' && element.parent === 'cellXfs') formats.push(Number(element.attribute('numFmtId')));
  });
  return formats.map((id) => {
    const code = codes.get(id);
    return code === undefined ? BUILT_IN.some(([from, to]) => id >= from && id <= to) : isDateFormat(code);
  });
}

/** True when a format code has d, m, y, h or s outside quotes, brackets, escapes and fillers: `[Red]0 "dagen"` has not. */
function isDateFormat(code: string): boolean {
  if (/^\s*(general|standard)\s*$/i.test(code)) return false;
  return /[dmyhs]/i.test(code.replace(/"[^"]*"?|\[[^\]]*\]?|[\\_*]./gs, ''));
}

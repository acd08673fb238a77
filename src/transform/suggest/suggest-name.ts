/** Owns what the name of an unknown file says: an enterprise number, a month, or nothing that stays. */
import type { Day } from '../../model.ts';
import { parseEnterpriseNumber } from '../values/enterprise-number.ts';

export interface SuggestedName {
  /** regular expression for names like this one */
  readonly pattern: string;
  /** fields that its groups give */
  readonly groups: readonly string[];
}

/** Null when the name gives none of the wanted fields: a pattern would only refuse next month's file. */
export function suggestName(fileName: string, wanted: readonly string[], today: Day): SuggestedName | null {
  const groups: string[] = [];
  const isWanted = (field: string): boolean => wanted.includes(field) && !groups.includes(field);
  const pattern = fileName
    .split(/(\d{4}[-_]\d{2}(?!\d)|\d+)/)
    .map((part) => {
      if (/^\d{10}$/.test(part) && isWanted('enterpriseNumber') && parseEnterpriseNumber(part) !== null) {
        groups.push('enterpriseNumber');
        return '(?<enterpriseNumber>\\d{10})';
      }
      if (isMonth(part, today) && isWanted('period')) {
        groups.push('period');
        return /[-_]/.test(part) ? `(?<period>\\d{4}${part[4] ?? ''}\\d{2})` : '(?<period>\\d{6})';
      }
      if (/^\d+$/.test(part)) return '\\d+';
      return part
        .replace(/\d+/g, '#')
        .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        .replaceAll('#', '\\d+');
    })
    .join('');
  return groups.length === 0 ? null : { pattern: `^${pattern}$`, groups };
}

function isMonth(part: string, today: Day): boolean {
  const [, year = '', month = ''] = /^(\d{4})[-_]?(\d{2})$/.exec(part) ?? [];
  return Math.abs(Number(year) - Number(today.slice(0, 4))) <= 5 && Number(month) >= 1 && Number(month) <= 12;
}

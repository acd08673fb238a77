/** Owns how tests read one cell with the parser of a column. */
import type { LayoutColumn, ParserName } from '../../src/model.ts';
import type { FilledCell, Parsed } from '../../src/transform/values/finding.ts';
import { foldWord } from '../../src/transform/values/fold-word.ts';
import { type ParserContext, parserFor } from '../../src/transform/values/parse-value.ts';

const NAMES = { meal: 'meal', 'Chèque-repas': 'meal', 'Lunch Pass': 'meal', eco: 'eco', Ökoscheck: 'eco' };

/** "Today" of these tests, and two products that go by several names. */
export const PARSER_CONTEXT: ParserContext = {
  today: '2026-11-23',
  products: new Map(Object.entries(NAMES).map(([name, code]) => [foldWord(name), code])),
  productMayBeNone: true,
};

/** A column with that parser; a literal one stands for full or part time. */
export function columnOf(parse: ParserName, more: Partial<LayoutColumn> = {}): LayoutColumn {
  const values = parse === 'literal' ? { full: ['Temps plein', 'Voltijds'], part: ['Temps partiel'] } : null;
  return {
    field: 'field',
    source: { column: 0 },
    parse,
    pattern: null,
    required: false,
    default: null,
    values,
    ...more,
  };
}

export function parseCell(parser: ParserName, cell: FilledCell, more: Partial<LayoutColumn> = {}): Parsed {
  return parserFor(columnOf(parser, more), PARSER_CONTEXT)(cell);
}

/** The code of a finding; for a value, a word that is no code. */
export function codeOf(parsed: Parsed): string {
  return typeof parsed === 'object' ? parsed.code : `value ${parsed}`;
}

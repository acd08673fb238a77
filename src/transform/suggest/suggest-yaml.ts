/** Owns how a suggested layout is written down: YAML that the configuration takes, with how sure each field is beside it. */
import type { SuggestedField, SuggestedLayout } from './suggest-layout.ts';

/** What was found out about the file itself, beside its fields. */
export interface SuggestedFile {
  readonly id: string;
  readonly format: string;
  /** the encoding that was found; a layout leaves it to each file */
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly sheet: string | null;
}

const YAML_DELIMITERS: Readonly<Record<string, string>> = { '\t': 'tab' };

/** The text of a file for the configuration's folder of layouts. `layout` is null for formats without columns. */
export function layoutYaml(file: SuggestedFile, kind: string, layout: SuggestedLayout | null): string {
  const lines = [
    '# Proposed from one file: look at every line before it is used. The number behind a field is how sure it is, from 0 to 1.',
    `id: ${file.id}`,
    `kind: ${kind}`,
  ];
  if (layout === null) return `${[...lines, `file: { format: ${file.format} }`].join('\n')}\n`;
  if (kind === 'payroll') lines.push(`counts: ${layout.counts}`);
  lines.push('scope: delta', 'file:', `  format: ${file.format}`);
  if (file.encoding !== null) lines.push(`  encoding: auto    # found: ${file.encoding}`);
  if (file.delimiter !== null) lines.push(`  delimiter: ${YAML_DELIMITERS[file.delimiter] ?? quoted(file.delimiter)}`);
  lines.push(`  headerRow: ${layout.headerRow}`);
  if (file.sheet !== null) lines.push(`  sheet: ${file.sheet}`);
  if (layout.namePattern !== null) lines.push(`  name: ${quoted(layout.namePattern)}`);
  lines.push(...recordLines(layout), 'columns:');
  const shown = layout.fields.map(fieldLine);
  const width = Math.max(0, ...shown.map(({ text }) => text.length));
  lines.push(
    ...shown.map(
      ({ text, confidence }) =>
        `${text.padEnd(width)}    # ${confidence.toFixed(2)}${confidence === 0 ? ', not found in this file' : ''}`,
    ),
  );
  return `${lines.join('\n')}\n`;
}

function recordLines({ records }: SuggestedLayout): string[] {
  if (records === null) return [];
  const range = ([from, to]: readonly [number, number]): string => `${from}-${to}`;
  const lines = ['  rows:', `    type: ${range(records.type)}`, `    row: ${quoted(records.row)}`];
  if (records.ignore.length > 0) lines.push(`    ignore: [${records.ignore.map(quoted).join(', ')}]`);
  if (records.context.length > 0) {
    lines.push('    context:');
    for (const type of new Set(records.context.map((one) => one.type))) {
      const own = records.context.filter((one) => one.type === type);
      const fields = own.map(({ cut }) => `${cut.field}: ${cut.from}-${cut.to}`);
      lines.push(`      ${quoted(type)}: { ${fields.join(', ')} }`);
    }
  }
  const { trailer } = records;
  if (trailer !== null) lines.push(`    trailer: { type: ${quoted(trailer.type)}, count: ${range(trailer.count)} }`);
  return lines;
}

function fieldLine({ field, source, parse, required, confidence }: SuggestedField) {
  const [[key, value] = ['', '']] = Object.entries(source);
  const told = key === 'header' ? `[${quoted(value)}]` : key === 'chars' ? value : quoted(value);
  const text = `  ${field}: { ${key}: ${told}, parse: ${parse}${required ? ', required: true' : ''} }`;
  return { text, confidence };
}

/** Double quotes, in which YAML and JSON read a text alike. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** The shape of `config/layouts/<id>.yaml`: one file shape of a secretariat, as configuration. */
import { z } from 'zod';
import {
  FILE_FORMATS,
  LAYOUT_KINDS,
  type Layout,
  type LayoutColumn,
  type LayoutFile,
  type LayoutKind,
  PARSERS,
  type ParserName,
} from '../model.ts';
import { fieldsOfEveryRow, fieldsOfKind } from './layout-fields.ts';
import { charRange, type RecordTypesShape, recordTypesShape, toCharRange, toRecordTypes } from './record-types.ts';

const PATTERNS: Partial<Record<string, RegExp>> = {
  date: /^(?=.*DD)(?=.*MM)(?=.*YYYY)[DMY]{8}$/,
  period: /^(?:MMYYYY|YYYYMM)$/,
  integer: /^hundredths$/,
};

const parse = z.string().check((context) => {
  const [name, ...rest] = context.value.split(' ');
  const known = (PARSERS as readonly string[]).includes(name ?? '');
  const pattern = rest.join(' ');
  if (!known) {
    context.issues.push({ code: 'custom', input: context.value, message: `allowed: ${PARSERS.join(', ')}` });
  } else if (pattern !== '' && PATTERNS[name ?? '']?.test(pattern) !== true) {
    context.issues.push({
      code: 'custom',
      input: context.value,
      message:
        'patterns are "date" with DD, MM and YYYY in any order, "period MMYYYY", "period YYYYMM", "integer hundredths"',
    });
  }
});

/** How many fields a row may have, `11-40`. */
const fieldCount = charRange;

const position = z.union([
  z.number().int().min(1).max(16384),
  z.string().regex(/^[A-Z]{1,3}$/, 'a letter or a number from 1'),
]);

const column = z
  .strictObject({
    header: z.array(z.string().min(1)).min(1).optional(),
    column: position.optional(),
    chars: charRange.optional(),
    context: z.string().min(1).optional(),
    group: z.string().min(1).optional(),
    constant: z.coerce.string().optional(),
    drop: z.string().min(1).optional(),
    parse,
    required: z.boolean().default(false),
    default: z.coerce.string().optional(),
    values: z.record(z.string(), z.array(z.coerce.string()).min(1)).optional(),
  })
  .check((context) => {
    const given = (['header', 'column', 'chars', 'context', 'group', 'constant', 'drop'] as const).filter(
      (source) => context.value[source] !== undefined,
    );
    const fault = (message: string) => context.issues.push({ code: 'custom', input: given.join(', '), message });
    if (given.length !== 1) fault('give exactly one of header, column, chars, context, group, constant, drop');
    if ((context.value.parse === 'literal') !== (context.value.values !== undefined)) {
      fault('"values" goes with "parse: literal", and only with it');
    }
  });

export const layoutShape = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/, 'lower-case letters, digits and dashes'),
    kind: z.enum(LAYOUT_KINDS),
    counts: z.enum(['restated', 'signed']).default('restated'),
    scope: z.enum(['full', 'delta']).default('delta'),
    sameKey: z.enum(['conflict', 'sum']).default('conflict'),
    absent: z.enum(['keep', 'zero']).default('keep'),
    file: z.strictObject({
      format: z.union([z.enum(FILE_FORMATS), z.array(z.enum(FILE_FORMATS)).min(1)]),
      encoding: z.string().default('auto'),
      delimiter: z
        .enum(['auto', ',', ';', 'tab', '|'])
        .default('auto')
        .transform((word) => (word === 'tab' ? '\t' : word)),
      headerRow: z.number().int().min(0).max(1000).optional(),
      sheet: z.string().min(1).default('auto'),
      name: z.string().nullable().default(null),
      fields: fieldCount.optional(),
      rows: recordTypesShape.optional(),
    }),
    columns: z.record(z.string(), column).default({}),
  })
  .check((context) => {
    const { value } = context;
    const fault = (path: PropertyKey[], input: unknown, message: string) =>
      context.issues.push({ code: 'custom', input, path, message });
    const groups = new Set<string>();
    if (value.file.name !== null) {
      try {
        new RegExp(value.file.name, 'iu');
        for (const match of value.file.name.matchAll(/\(\?<([A-Za-z]\w*)>/g)) groups.add(match[1] ?? '');
      } catch {
        fault(['file', 'name'], value.file.name, 'this is not a regular expression');
      }
    }
    const allowed = fieldsOfKind(value.kind);
    for (const [field, one] of Object.entries(value.columns)) {
      if (!allowed.includes(field)) fault(['columns', field], field, `allowed: ${allowed.join(', ')}`);
      if (one.group !== undefined && !groups.has(one.group)) {
        fault(['columns', field, 'group'], one.group, 'the name pattern has no such group');
      }
      const contexts = contextNames(value.file.rows);
      if (one.context !== undefined && !contexts.includes(one.context)) {
        fault(
          ['columns', field, 'context'],
          one.context,
          `"file.rows.context" sets: ${contexts.join(', ') || 'nothing'}`,
        );
      }
    }
    const lacking = fieldsOfEveryRow(value.kind).filter((field) => value.columns[field] === undefined);
    if (lacking.length > 0) fault(['columns'], lacking.join(', '), `every layout of kind ${value.kind} needs these`);
    if ((value.columns['value'] === undefined) !== (value.columns['total'] === undefined)) {
      fault(['columns'], 'value, total', '"value" and "total" go together: one is checked by the other');
    }
    if (value.absent === 'zero' && (value.kind !== 'payroll' || value.counts === 'signed')) {
      fault(
        ['absent'],
        value.absent,
        '"absent: zero" goes with payroll totals: "kind: payroll" and "counts: restated"',
      );
    }
    if (value.file.rows !== undefined && value.file.format !== 'fixed-width') {
      fault(['file', 'rows'], value.file.format, '"rows" goes with "format: fixed-width"');
    }
  });

function contextNames(rows: RecordTypesShape | undefined): string[] {
  return Object.values(rows?.context ?? {}).flatMap(Object.keys);
}

/** The layout as the rest of Navette sees it. */
export function toLayout(given: z.infer<typeof layoutShape>): Layout {
  return {
    id: given.id,
    kind: given.kind,
    counts: given.counts,
    scope: given.scope,
    sameKey: given.sameKey,
    absent: given.absent,
    file: toLayoutFile(given.file),
    columns: Object.entries(given.columns).map(([field, one]) => toColumn(given.kind, field, one)),
  };
}

function toLayoutFile(given: z.infer<typeof layoutShape>['file']): LayoutFile {
  const { format, headerRow, fields, rows, ...rest } = given;
  const formats = typeof format === 'string' ? [format] : format;
  return {
    ...rest,
    formats,
    // A header is the exception in files of fixed width; taken for granted, it would swallow the first row.
    headerRow: headerRow ?? (formats.includes('fixed-width') ? 0 : 1),
    fields: fields === undefined ? null : toCharRange(fields),
    rows: rows === undefined ? null : toRecordTypes(rows),
  };
}

function toColumn(kind: LayoutKind, field: string, given: z.infer<typeof column>): LayoutColumn {
  const [name, pattern] = given.parse.split(' ');
  return {
    field,
    source: toSource(given),
    parse: name as ParserName,
    pattern: pattern ?? null,
    required: given.required || (given.default === undefined && fieldsOfEveryRow(kind).includes(field)),
    default: given.default ?? null,
    values: given.values ?? null,
  };
}

function toSource(given: z.infer<typeof column>): LayoutColumn['source'] {
  if (given.header !== undefined) return { header: given.header };
  if (given.column !== undefined) return { column: columnIndex(given.column) };
  if (given.chars !== undefined) return { chars: toCharRange(given.chars) };
  if (given.context !== undefined) return { context: given.context };
  if (given.group !== undefined) return { group: given.group };
  if (given.drop !== undefined) return { drop: given.drop };
  return { constant: given.constant ?? '' };
}

/** Zero-based index of a spreadsheet column letter or a 1-based number. */
function columnIndex(position: string | number): number {
  if (typeof position === 'number') return position - 1;
  let index = 0;
  for (const letter of position) index = index * 26 + letter.charCodeAt(0) - 64;
  return index - 1;
}

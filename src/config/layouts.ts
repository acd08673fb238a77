/** The shape of `config/layouts/<id>.yaml`: one file shape of a secretariat, as configuration. */
import { z } from 'zod';
import { FILE_FORMATS, type Layout, type LayoutColumn, type LayoutFile, LAYOUT_KINDS, PARSERS, type ParserName } from '../model.ts';
import { fieldsOfKind } from './layout-fields.ts';

const DATE_PATTERN = /^(?=.*DD)(?=.*MM)(?=.*YYYY)[DMY]{8}$/;

const parse = z.string().check((context) => {
  const [name, ...rest] = context.value.split(' ');
  const known = (PARSERS as readonly string[]).includes(name ?? '');
  const pattern = rest.join(' ');
  if (!known) {
    context.issues.push({ code: 'custom', input: context.value, message: `allowed: ${PARSERS.join(', ')}` });
  } else if (pattern !== '' && !(name === 'date' && DATE_PATTERN.test(pattern))) {
    context.issues.push({
      code: 'custom',
      input: context.value,
      message: 'only "date" takes a pattern, an order of DD, MM and YYYY such as MMYYYYDD',
    });
  }
});

const position = z.union([z.number().int().min(1).max(16384), z.string().regex(/^[A-Z]{1,3}$/, 'a letter or a number from 1')]);

const column = z
  .strictObject({
    header: z.array(z.string().min(1)).min(1).optional(),
    column: position.optional(),
    chars: z.string().regex(/^[1-9]\d*-[1-9]\d*$/, 'from-to, such as 12-19').optional(),
    group: z.string().min(1).optional(),
    constant: z.coerce.string().optional(),
    drop: z.string().min(1).optional(),
    parse,
    required: z.boolean().default(false),
    default: z.coerce.string().optional(),
    values: z.record(z.string(), z.array(z.coerce.string()).min(1)).optional(),
  })
  .check((context) => {
    const given = (['header', 'column', 'chars', 'group', 'constant', 'drop'] as const).filter(
      (source) => context.value[source] !== undefined,
    );
    const fault = (message: string) => context.issues.push({ code: 'custom', input: given.join(', '), message });
    if (given.length !== 1) fault('give exactly one of header, column, chars, group, constant, drop');
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
    file: z.strictObject({
      format: z.union([z.enum(FILE_FORMATS), z.array(z.enum(FILE_FORMATS)).min(1)]),
      encoding: z.string().default('auto'),
      delimiter: z
        .enum(['auto', ',', ';', 'tab', '|'])
        .default('auto')
        .transform((word) => (word === 'tab' ? '\t' : word)),
      headerRow: z.number().int().min(0).max(1000).default(1),
      sheet: z.string().min(1).default('auto'),
      name: z.string().nullable().default(null),
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
    }
  });

/** The layout as the rest of Navette sees it. */
export function toLayout(given: z.infer<typeof layoutShape>): Layout {
  return {
    id: given.id,
    kind: given.kind,
    counts: given.counts,
    scope: given.scope,
    sameKey: given.sameKey,
    file: toLayoutFile(given.file),
    columns: Object.entries(given.columns).map(([field, one]) => toColumn(field, one)),
  };
}

function toLayoutFile(given: z.infer<typeof layoutShape>['file']): LayoutFile {
  const { format, ...rest } = given;
  return { formats: typeof format === 'string' ? [format] : format, ...rest };
}

function toColumn(field: string, given: z.infer<typeof column>): LayoutColumn {
  const [name, pattern] = given.parse.split(' ');
  return {
    field,
    source: toSource(given),
    parse: name as ParserName,
    pattern: pattern ?? null,
    required: given.required,
    default: given.default ?? null,
    values: given.values ?? null,
  };
}

function toSource(given: z.infer<typeof column>): LayoutColumn['source'] {
  if (given.header !== undefined) return { header: given.header };
  if (given.column !== undefined) return { column: columnIndex(given.column) };
  if (given.chars !== undefined) {
    const [from = 1, to = 1] = given.chars.split('-').map(Number);
    return { chars: [from, to] };
  }
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

/** The shape of `file.rows` in a layout: which lines of a record-typed file are rows, and what the others say about them. */
import { z } from 'zod';
import type { CharRange, RecordTypes } from '../model.ts';

/** `12-19`, both included, the first not behind the second. */
export const charRange = z
  .string()
  .regex(/^[1-9]\d{0,5}-[1-9]\d{0,5}$/, 'from-to, such as 12-19')
  .refine((text) => toCharRange(text)[0] <= toCharRange(text)[1], 'the first number is the smaller one');

const type = z.coerce.string().min(1);

export const recordTypesShape = z
  .strictObject({
    type: charRange,
    row: type,
    context: z.record(z.string(), z.record(z.string(), charRange)).default({}),
    ignore: z.array(type).default([]),
    trailer: z.strictObject({ type, count: charRange }).optional(),
  })
  .check((context) => {
    const { value } = context;
    const fault = (message: string, input: string) => context.issues.push({ code: 'custom', input, message });
    const [from, to] = toCharRange(value.type);
    const types = [
      value.row,
      ...Object.keys(value.context),
      ...value.ignore,
      ...(value.trailer ? [value.trailer.type] : []),
    ];
    for (const [index, one] of types.entries()) {
      if (types.indexOf(one) !== index) fault(`type "${one}" is given twice`, one);
      if (one.length > to - from + 1) fault(`type "${one}" is longer than positions ${value.type}`, one);
      // YAML takes 009 without quotes for the number 9.
      if (/^\d+$/.test(one) && one.length < to - from + 1)
        fault(`type "${one}" is shorter than positions ${value.type}; put it in quotes`, one);
    }
    const names = Object.values(value.context).flatMap(Object.keys);
    for (const name of names.filter((one, index) => names.indexOf(one) !== index)) {
      fault(`"${name}" is set by two types; give one of them another name`, name);
    }
  });

export type RecordTypesShape = z.infer<typeof recordTypesShape>;

export function toRecordTypes(given: RecordTypesShape): RecordTypes {
  return {
    type: toCharRange(given.type),
    row: given.row,
    context: Object.entries(given.context).flatMap(([type, fields]) =>
      Object.entries(fields).map(([name, chars]) => ({ type, name, chars: toCharRange(chars) })),
    ),
    ignore: given.ignore,
    trailer: given.trailer === undefined ? null : { type: given.trailer.type, count: toCharRange(given.trailer.count) },
  };
}

export function toCharRange(text: string): CharRange {
  const [from = 1, to = 1] = text.split('-').map(Number);
  return [from, to];
}

/** Owns what a field of a row may hold once its cell has been read. */

/** The value of a field that its sender empties on purpose, where a blank would keep it. */
export const CLEAR: unique symbol = Symbol('#CLEAR');

/** `undefined`: the layout or the file has no such column; `null`: the cell is blank, and a blank never erases. */
export type FieldValue = string | number | null | undefined | typeof CLEAR;

/** The fields of one row, by the layout's field names. */
export type FieldValues = Record<string, FieldValue>;

/** Arguments and options that several commands read the same way. */
import { InvalidArgumentError } from 'commander';

/** A whole number from 1, for ids. */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

/** Arguments and options that several commands read the same way. */
import { InvalidArgumentError } from 'commander';
import { ConfigError } from '../errors.ts';
import { parseEnterpriseNumber } from '../transform/values/enterprise-number.ts';

/** A whole number from 1, for ids. */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

/** The ten digits of `--employer`, however it was typed. ConfigError for what is no enterprise number. */
export function employerOf(typed: string): string {
  const number = parseEnterpriseNumber(typed);
  if (number === null)
    throw new ConfigError(`--employer is "${typed}"; expected an enterprise number such as 0403019261.`);
  return number;
}

/** Gathers an option that may be given several times. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** The values of `--set key=value`. ConfigError for one without a key. */
export function keysAndValues(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new ConfigError(`--set is "${pair}"; expected key=value, such as enterpriseNumber=0403019261.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

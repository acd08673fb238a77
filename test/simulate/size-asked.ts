/** Owns what a simulated year may be asked for: which sizes there are, within which limits, and the refusal of any other. */
import { parseArgs } from 'node:util';
import type { Size } from './country.ts';
import { SECRETARIATS } from './secretariats.ts';

export interface Asked {
  readonly size: Size;
  /** folder that is kept afterwards, null for one that is thrown away */
  readonly home: string | null;
  /** file for the books as a page */
  readonly page: string | null;
}

/** Lowest, highest, and what stands for an option that is not given. */
const LIMITS: Readonly<Record<keyof Size, readonly [number, number, number]>> = {
  months: [1, 36, 12],
  employers: [1, 1000, 500],
  secretariats: [1, SECRETARIATS.length, SECRETARIATS.length],
  kills: [0, 9, 3],
  seed: [0, 999, 1],
};

/** @throws RangeError with one line for each number that is none, or beyond its limits; TypeError for an unknown option */
export function readAsked(given: readonly string[]): Asked {
  const text = { type: 'string' } as const;
  const options = {
    months: text,
    employers: text,
    secretariats: text,
    kills: text,
    seed: text,
    home: text,
    page: text,
  };
  const { values } = parseArgs({ args: [...given], options });
  const refused: string[] = [];
  const read = (name: keyof Size): number => {
    const [low, high, usual] = LIMITS[name];
    const value = values[name];
    if (value === undefined) return usual;
    if (/^\d+$/.test(value) && Number(value) >= low && Number(value) <= high) return Number(value);
    refused.push(`--${name} is "${value}"; a whole number from ${low} to ${high} is allowed.`);
    return usual;
  };
  const size = {
    months: read('months'),
    employers: read('employers'),
    secretariats: read('secretariats'),
    kills: read('kills'),
    seed: read('seed'),
  };
  if (refused.length > 0) throw new RangeError(refused.join('\n'));
  return { size, home: values.home ?? null, page: values.page ?? null };
}

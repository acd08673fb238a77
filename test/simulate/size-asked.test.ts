/** What the simulated year may be asked for, and the refusal of anything else. */
import { expect, test } from 'vitest';
import { readAsked } from './size-asked.ts';

test('what is not given is as usual', () => {
  expect(readAsked(['--months', '2', '--seed', '0']).size).toEqual({
    months: 2,
    employers: 500,
    secretariats: 6,
    kills: 3,
    seed: 0,
  });
});

test('every number that is none or out of its limits is refused with what is allowed', () => {
  const given = ['--months', 'abc', '--secretariats', '9', '--employers', '0', '--kills', '1.5', '--seed', ''];
  expect(() => readAsked(given)).toThrow(
    [
      '--months is "abc"; a whole number from 1 to 36 is allowed.',
      '--employers is "0"; a whole number from 1 to 1000 is allowed.',
      '--secretariats is "9"; a whole number from 1 to 6 is allowed.',
      '--kills is "1.5"; a whole number from 0 to 9 is allowed.',
      '--seed is ""; a whole number from 0 to 999 is allowed.',
    ].join('\n'),
  );
});

test('an option that does not exist is refused', () => {
  expect(() => readAsked(['--years', '1'])).toThrow(/--years/);
});

/** What is typed behind a command: an enterprise number as people write it, with dots or without. */
import { expect, test } from 'vitest';
import { employerOf } from '../../src/commands/options.ts';

test('an enterprise number is typed as people write it', () => {
  for (const typed of ['0403019261', 'BE 0403.019.261', '403 019 261']) expect(employerOf(typed)).toBe('0403019261');
  expect(() => employerOf('0403019262')).toThrow('--employer is "0403019262"; expected an enterprise number');
});

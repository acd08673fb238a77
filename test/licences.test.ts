/** docs/licences.md lists what is installed now, and every package says under which licence. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './support/command.ts';
import { licencesPage } from './support/licences.ts';

test('the list of licences is current (npm run licences), and none is missing', () => {
  const page = licencesPage();
  expect(readFileSync(join(ROOT, 'docs/licences.md'), 'utf8')).toBe(page);
  expect(page).not.toContain('not said');
});

/** Every command and option that a page for operators names is one that there is. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { COMMANDS } from '../src/commands/commands.ts';

const PAGES = ['operations', 'security', 'scale-out', 'restore', 'notices', 'layouts'].map((page) => `docs/${page}`);

const program = new Command('navette');
for (const declare of COMMANDS) declare(program, () => undefined);

/** What is wrong with one line such as `navette order cancel 3 --by me`, null when nothing is. */
function faultOf(line: string): string | null {
  let command = program;
  const words = line.split(/\s+/).slice(1);
  while (command.commands.length > 0) {
    const word = words.shift();
    // The name of a family alone, as in a sentence about it.
    if (word === undefined) return null;
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) {
      if (/^[a-z]/.test(word)) return `no command ${word}: ${line}`;
      // What is said to a family itself goes to its default command.
      words.unshift(word);
      break;
    }
    command = next;
  }
  const missing = words
    .filter((word) => /^--[a-z]/.test(word))
    .map((word) => word.replace(/[=,.)\]].*$/, ''))
    .find((word) => ![command, ...command.commands].some(({ options }) => options.some(({ long }) => long === word)));
  return missing === undefined ? null : `no option ${missing}: ${line}`;
}

test('what the pages say to type can be typed', () => {
  const lines = [...PAGES, 'README', 'CHANGELOG'].flatMap((page) => {
    const text = readFileSync(new URL(`../${page}.md`, import.meta.url), 'utf8');
    return [...text.matchAll(/(?:^|`)((?:bin\/)?navette [a-z][^`\n|;#]*)/gm)].map(([, line = '']) => line.trim());
  });
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.map(faultOf).filter((fault) => fault !== null)).toEqual([]);
  expect(['navette fly', 'navette files --fly'].map(faultOf)).toEqual([
    'no command fly: navette fly',
    'no option --fly: navette files --fly',
  ]);
});

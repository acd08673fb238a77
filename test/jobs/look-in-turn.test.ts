/** Folders that never answer: told one by one, and never so many that those that would answer are not heard. */
import { expect, test } from 'vitest';
import { type Check, openLooks } from '../../src/jobs/look-in-turn.ts';

const never = () => new Promise<never>(() => undefined);

function folder(folderOf: string, name: string, answers: boolean): Check {
  const place = `${folderOf}: ${name}`;
  const look = answers ? async () => [{ place, ok: true, found: 'is there', todo: null }] : never;
  return { place, folderOf, look, todo: 'Look at the mount.' };
}

test('a dead mount holds one thread a drop and three in all; the folders behind it are not called wrong', async () => {
  const { inTurn, found, unanswered } = openLooks(20);
  const dead = ['a', 'b', 'c'].flatMap((drop) => [folder(drop, 'in', false), folder(drop, 'out', false)]);
  const mail: Check = { place: 'mail', folderOf: null, todo: '', look: never };
  await inTurn([folder('storage', 'storage', true)]);
  expect(unanswered()).toBe(false);
  await inTurn([...dead, folder('d', 'in', true), mail]);
  const late = 'It did not answer within 0.02 s.';
  const left = 'It was not looked at, as folders before it did not answer.';
  expect([...found.values()].flat().map((one) => [one.place, one.found])).toEqual([
    ['storage: storage', 'is there'],
    ['a: in', late],
    ['a: out', left],
    ['b: in', late],
    ['b: out', left],
    ['c: in', late],
    ['c: out', left],
    ['d: in', left],
    ['mail', late],
  ]);
  expect(unanswered()).toBe(true);
});

test('a dead folder of one drop takes no folder of another drop along', async () => {
  const { inTurn, found } = openLooks(20);
  await inTurn([folder('a', 'in', false), folder('b', 'in', true)]);
  expect([...found.values()].flat().map(({ ok }) => ok)).toEqual([false, true]);
});

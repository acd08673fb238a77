/** How far long work is: told seldom in a log, often on a terminal, and not at all when it is short. */
import { expect, test } from 'vitest';
import type { LogFacts } from '../src/log.ts';
import { reportProgress } from '../src/progress.ts';

test('fault 29: a log hears of it every ten seconds, with the pace and what is left', () => {
  let now = 0;
  const heard: LogFacts[] = [];
  const progress = reportProgress(
    (_, facts = {}) => void heard.push(facts),
    null,
    () => now,
  ).open('rows', 'import.progress', { fileId: 7 });
  for (const at of [1, 9.9, 10, 11, 19, 20.5, 40]) {
    now = at * 1000;
    progress.advance(at * 1000, at / 100);
  }
  progress.end();
  expect(heard).toEqual([
    { fileId: 7, rows: 10_000, perSecond: 1000, secondsLeft: 90 },
    { fileId: 7, rows: 20_500, perSecond: 1000, secondsLeft: 80 },
    { fileId: 7, rows: 40_000, perSecond: 1000, secondsLeft: 60 },
  ]);
});

test('work of which less than one is done in a second has a pace all the same', () => {
  let now = 0;
  let text = '';
  const { open } = reportProgress(
    () => undefined,
    { write: (piece) => (text += piece) },
    () => now,
  );
  const slow = open('orders', 'orders.progress', {});
  now = 10_000;
  slow.advance(4, 0.5);
  expect(text).toBe('\r\u001b[K4 orders, 0.4 a second, about 10 s left');
});

test('a terminal sees one line written over, cleared at the end; nothing is written for short work', () => {
  let now = 0;
  let text = '';
  const { open, clear } = reportProgress(
    () => expect.unreachable('a terminal was there'),
    { write: (piece) => (text += piece) },
    () => now,
  );
  const short = open('rows', 'import.progress', {});
  now = 900;
  short.advance(10, null);
  short.end();
  expect(text).toBe('');
  const long = open('rows', 'import.progress', {});
  now = 2900;
  long.advance(1_234_567, 0.02);
  now = 2950;
  long.advance(1_300_000, 0.03);
  long.end();
  expect(text).toBe('\r\u001b[K1 234 567 rows, 617 284 a second, about 98 s left\r\u001b[K'.replace('98 s', '2 min'));
  text = '';
  const failing = open('rows', 'import.progress', {});
  now = 5000;
  failing.advance(10, null);
  clear();
  clear();
  expect(text).toBe('\r\u001b[K10 rows, 4.9 a second\r\u001b[K');
});

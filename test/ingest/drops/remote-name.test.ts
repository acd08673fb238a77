/** Names that a sender may use, and those that nobody joins to a path. */
import { expect, test } from 'vitest';
import { nameFault } from '../../../src/ingest/drops/remote-name.ts';

test.each([
  'pay.csv',
  'PAY_2026-11 (2).csv',
  'été août.xlsx',
  '.hidden',
  "l'heure.csv",
  '工資.csv',
  `${'a'.repeat(200)}`,
])('%s is safe', (name) => expect(nameFault(name)).toBeNull());

test.each([
  ['nothing', ''],
  ['a folder itself', '.'],
  ['a folder above', '..'],
  ['a way up', 'a..csv'],
  ['a slash', 'in/pay.csv'],
  ['a backslash', 'in\\pay.csv'],
  ['NUL', 'pay.csv\0.txt'],
  ['a line feed', 'pay\n.csv'],
  ['an escape', 'pay\u001B[2J.csv'],
  ['DEL', 'pay\u007F.csv'],
  ['a C1 control', 'pay\u0085.csv'],
  ['a right-to-left override', 'pay\u202Evsc.exe'],
  ['an isolate', 'pay\u2066.csv'],
  ['a direction mark', 'pay\u200F.csv'],
  ['a line separator', 'pay\u2028.csv'],
  ['a byte that was no UTF-8', 'ao\uFFFDt.csv'],
  ['201 bytes', 'a'.repeat(201)],
  ['202 bytes in 101 letters', 'é'.repeat(101)],
])('%s is not', (_, name) => expect(nameFault(name)).toBe('name.unsafe'));

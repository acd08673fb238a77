/** Which files of a listing their sender has finished. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RemoteFile } from '../../../src/ingest/drops/drop.ts';
import { type Settled, type SettleRule, settledFiles, sightAnew } from '../../../src/ingest/drops/settled.ts';

const file = (name: string, size = 10, mtime = '2026-11-05T06:00:00.000Z'): RemoteFile => ({ name, size, mtime });
const files = (...names: string[]): RemoteFile[] => names.map((name) => file(name));
const never = () => false;
const namesOf = (settled: Settled) => ({
  ready: settled.ready.map((one) => one.file.name),
  waiting: settled.waiting.map((one) => one.name),
  cancelled: settled.cancelled.map((one) => one.name),
  ignored: settled.ignored.map((one) => one.name),
});

describe('marker', () => {
  const sort = (...names: string[]) => settledFiles('marker', files(...names), never);

  test('a file waits for its marker, in either form', () => {
    const settled = sort('a.csv', 'b.csv', 'b.csv.done', 'c.csv', 'GO.c.csv');
    expect(namesOf(settled)).toEqual({
      ready: ['b.csv', 'c.csv'],
      waiting: ['a.csv'],
      cancelled: [],
      ignored: ['b.csv.done', 'GO.c.csv'],
    });
    expect(settled.ready.map((one) => one.marker)).toEqual(['b.csv.done', 'GO.c.csv']);
  });

  test('TD cancels, whatever else is there', () => {
    expect(namesOf(sort('a.csv', 'a.csv.done', 'GO.a.csv', 'TD.a.csv', 'b.csv', 'TD.b.csv'))).toEqual({
      ready: [],
      waiting: [],
      cancelled: ['a.csv', 'b.csv'],
      ignored: ['a.csv.done', 'GO.a.csv', 'TD.a.csv', 'TD.b.csv'],
    });
  });

  test('a marker that came before its file, or stayed after it, is no file', () => {
    expect(namesOf(sort('a.csv.done', 'GO.b.csv', 'TD.c.csv')).ignored).toHaveLength(3);
  });

  test('a file with the form of a marker is a file when it has a marker of its own', () => {
    expect(namesOf(sort('GO.xlsx', 'GO.xlsx.done')).ready).toEqual(['GO.xlsx']);
    expect(namesOf(sort('a.csv', 'GO.a.csv', 'GO.a.csv.done')).ready).toEqual(['a.csv']);
  });
});

test('rename: every final name is ready, temporary names and dotfiles are not', () => {
  const settled = settledFiles(
    'rename',
    files('a.csv', 'b.csv.part', 'c.tmp', 'd.filepart', 'e.WRITING', '.f.csv', 'a.csv.done'),
    never,
  );
  expect(namesOf(settled)).toEqual({
    ready: ['a.csv', 'a.csv.done'],
    waiting: [],
    cancelled: [],
    ignored: ['b.csv.part', 'c.tmp', 'd.filepart', 'e.WRITING', '.f.csv'],
  });
});

describe('stable', () => {
  const sort = (now: RemoteFile[], still: readonly string[]) =>
    namesOf(settledFiles('stable', now, (name) => still.includes(name)));

  test('what does not stand still yet waits', () => {
    expect(sort(files('a.csv', 'b.csv'), ['b.csv'])).toMatchObject({ ready: ['b.csv'], waiting: ['a.csv'] });
  });

  test('a file waits for its sidecar to stand still too', () => {
    expect(sort(files('a.csv', 'a.csv.sha256'), ['a.csv']).waiting).toEqual(['a.csv']);
    expect(sort(files('a.csv', 'a.csv.sha256'), ['a.csv', 'a.csv.sha256']).ready).toEqual(['a.csv']);
  });

  test('an upload that stalls under a temporary name is not taken', () => {
    expect(sort(files('a.csv.filepart'), ['a.csv.filepart']).ignored).toEqual(['a.csv.filepart']);
  });

  test('what is as it was keeps the moment of its first sight; another size or time begins anew, and what is gone is forgotten', () => {
    const first = sightAnew([file('same'), file('grown'), file('touched'), file('gone')], new Map(), 1);
    const now = [
      file('same', 10, '2026-11-05T06:00:00Z'),
      file('grown', 11),
      file('touched', 10, '2026-11-05T06:00:01Z'),
    ];
    const then = sightAnew(now, first, 2);
    expect([...then].map(([name, { since }]) => [name, since])).toEqual([
      ['same', 1],
      ['grown', 2],
      ['touched', 2],
    ]);
    expect(sightAnew([file('gone')], then, 3).get('gone')?.since).toBe(3);
  });
});

test.each(['marker', 'rename', 'stable'] as const)('%s: sidecars belong to their file', (rule) => {
  const now = files('a.csv', 'a.csv.sha256', 'a.csv.count', 'a.csv.done', 'b.csv.count');
  const settled = settledFiles(rule, now, () => true);
  expect(settled.ready.find((one) => one.file.name === 'a.csv')?.sidecars).toEqual(['a.csv.sha256', 'a.csv.count']);
  expect(namesOf(settled).ignored).toEqual(expect.arrayContaining(['a.csv.sha256', 'a.csv.count', 'b.csv.count']));
});

test('every listed file stands in exactly one place', () => {
  const part = fc.constantFrom('a', 'b', 'GO.', 'TD.', '.done', '.csv', '.part', '.sha256', '.count', '.');
  const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
  const listing = fc.uniqueArray(name, { maxLength: 12 }).map((names) => files(...names));
  const rules = fc.constantFrom<SettleRule>('marker', 'rename', 'stable');
  fc.assert(
    fc.property(rules, listing, listing, (rule, now, still) => {
      const { ready, waiting, cancelled, ignored } = namesOf(
        settledFiles(rule, now, (one) => still.some(({ name }) => name === one)),
      );
      const sorted = [...ready, ...waiting, ...cancelled, ...ignored].sort();
      expect(sorted).toEqual(now.map((one) => one.name).sort());
    }),
  );
});

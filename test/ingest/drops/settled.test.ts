/** Which files of a listing their sender has finished. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RemoteFile } from '../../../src/ingest/drops/drop.ts';
import { type Settled, type SettleRule, settledFiles } from '../../../src/ingest/drops/settled.ts';

const file = (name: string, size = 10, mtime = '2026-11-05T06:00:00.000Z'): RemoteFile => ({ name, size, mtime });
const files = (...names: string[]): RemoteFile[] => names.map((name) => file(name));
const namesOf = (settled: Settled) => ({
  ready: settled.ready.map((one) => one.file.name),
  waiting: settled.waiting.map((one) => one.name),
  cancelled: settled.cancelled.map((one) => one.name),
  ignored: settled.ignored.map((one) => one.name),
});

describe('marker', () => {
  const sort = (...names: string[]) => settledFiles('marker', files(...names), null);

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
    null,
  );
  expect(namesOf(settled)).toEqual({
    ready: ['a.csv', 'a.csv.done'],
    waiting: [],
    cancelled: [],
    ignored: ['b.csv.part', 'c.tmp', 'd.filepart', 'e.WRITING', '.f.csv'],
  });
});

describe('stable', () => {
  const sort = (now: RemoteFile[], previous: RemoteFile[] | null) => namesOf(settledFiles('stable', now, previous));

  test('nothing is ready at the first look', () => {
    expect(sort(files('a.csv'), null).waiting).toEqual(['a.csv']);
    expect(sort(files('a.csv'), []).waiting).toEqual(['a.csv']);
  });

  test('two looks must agree in size and time', () => {
    const before = [file('same', 10), file('grown', 10), file('touched', 10)];
    const now = [file('same', 10), file('grown', 11), file('touched', 10, '2026-11-05T06:00:01.000Z')];
    expect(sort(now, before)).toMatchObject({ ready: ['same'], waiting: ['grown', 'touched'] });
  });

  test('the same time in another notation is the same time', () => {
    expect(sort([file('a', 1, '2026-11-05T06:00:00.000Z')], [file('a', 1, '2026-11-05T06:00:00Z')]).ready).toEqual([
      'a',
    ]);
  });

  test('a file waits for its sidecar to be stable too', () => {
    expect(sort(files('a.csv', 'a.csv.sha256'), files('a.csv')).waiting).toEqual(['a.csv']);
    expect(sort(files('a.csv', 'a.csv.sha256'), files('a.csv', 'a.csv.sha256')).ready).toEqual(['a.csv']);
  });

  test('an upload that stalls under a temporary name is not taken', () => {
    expect(sort(files('a.csv.filepart'), files('a.csv.filepart')).ignored).toEqual(['a.csv.filepart']);
  });
});

test.each(['marker', 'rename', 'stable'] as const)('%s: sidecars belong to their file', (rule) => {
  const now = files('a.csv', 'a.csv.sha256', 'a.csv.count', 'a.csv.done', 'b.csv.count');
  const settled = settledFiles(rule, now, now);
  expect(settled.ready.find((one) => one.file.name === 'a.csv')?.sidecars).toEqual(['a.csv.sha256', 'a.csv.count']);
  expect(namesOf(settled).ignored).toEqual(expect.arrayContaining(['a.csv.sha256', 'a.csv.count', 'b.csv.count']));
});

test('every listed file stands in exactly one place', () => {
  const part = fc.constantFrom('a', 'b', 'GO.', 'TD.', '.done', '.csv', '.part', '.sha256', '.count', '.');
  const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
  const listing = fc.uniqueArray(name, { maxLength: 12 }).map((names) => files(...names));
  const rules = fc.constantFrom<SettleRule>('marker', 'rename', 'stable');
  fc.assert(
    fc.property(rules, listing, fc.option(listing), (rule, now, previous) => {
      const { ready, waiting, cancelled, ignored } = namesOf(settledFiles(rule, now, previous));
      const sorted = [...ready, ...waiting, ...cancelled, ...ignored].sort();
      expect(sorted).toEqual(now.map((one) => one.name).sort());
    }),
  );
});

/** From which day a file holds: as its name says, and never from a day to come. */
import { expect, test } from 'vitest';
import { identifyFile } from '../../../src/jobs/import/identify-file.ts';
import { planColumns } from '../../../src/transform/rows/plan-columns.ts';
import { fileWith, layoutOf } from '../../support/invented-layout.ts';

const layout = layoutOf([{ field: 'asOf', source: { group: 'asOf' }, parse: 'date' }]);
const NOW = Date.parse('2026-11-23T11:00:00Z');

/** The moment from which a file holds that was written on the 20th, received on the 21st, and is called after a day. */
function asOfNamed(day: string | null): string {
  const file = { sha256: '0', mtime: '2026-11-20T08:00:00Z', received_at: '2026-11-21T08:00:00Z' };
  const plan = planColumns(layout, fileWith([], { groups: day === null ? {} : { asOf: day } }));
  const opened = {
    header: [],
    rows: (async function* () {})(),
    outcome: () => ({ warnings: [], lastLineComplete: true, proof: null, dataRows: 0 }),
  };
  const fitted = { layout, layoutHash: '', format: 'csv', nameValues: {}, table: { opened, plan } } as const;
  return identifyFile(file, fitted, { scope: null, mode: 'upsert', set: {}, dropHash: '' }, NOW).asOf;
}

test('a file holds from the day in its name, but never from a day to come: no later file would be newer', () => {
  expect(asOfNamed(null)).toBe('2026-11-20T08:00:00.000Z');
  expect(asOfNamed('2026-11-15')).toBe('2026-11-15T00:00:00.000Z');
  expect(asOfNamed('2026-11-23')).toBe('2026-11-23T00:00:00.000Z');
  expect(asOfNamed('2062-11-15')).toBe('2026-11-23T11:00:00.000Z');
});

/** A full file that is cut anywhere ends nobody: neither a person it still names nor, without proof that it is whole, anybody. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import exceljs from 'exceljs';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { PORTAL_FIELDS } from '../../../src/config/layout-fields.ts';
import { RetryableError } from '../../../src/errors.ts';
import { importFile } from '../../../src/jobs/import/import-file.ts';
import type { ImportInstruction } from '../../../src/jobs/import/import-instruction.ts';
import { keepCopy } from '../../../src/jobs/intake/keep-file.ts';
import { insertSeenFile, markFetched } from '../../../src/load/files/ledger.ts';
import { fuzzRuns, fuzzTimeout } from '../../support/fuzz-runs.ts';
import { inventPerson } from '../../support/people.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { portalCsv, portalRow } from '../../support/portal-rows.ts';
import { partsOf } from '../../support/workbook.ts';
import { zipOf } from '../../support/zip.ts';

const PEOPLE = 12;
const DAY = '2026-12-02';
const { work, db, employer, people } = await openPeopleDesk(6_400_000);
const context = work.on(DAY);
const number = await employer();
const rows = Array.from({ length: PEOPLE }, (_, index) => portalRow(index));
await people(number, rows);
const everybody = rows.map((_, index) => inventPerson(index).nationalRegisterNumber).sort();
const OFFSETS = fuzzRuns(24, 0.25);
let files = 0;

/** Gives the bytes as a drop would whose sender said, or did not say, that the file is whole; who is gone then comes back. */
async function deliver(bytes: Buffer, name: string, saidWhole: boolean) {
  const layout = context.config.layouts.get('beneficiaries-portal');
  if (layout === undefined) throw new Error('this layout ships');
  const path = join(work.home, `cut-${files++}`);
  await writeFile(path, bytes);
  const { sha256, size, storedAt } = await keepCopy(context.config.storage, path);
  const at = `${DAY}T09:00:00.000Z`;
  const seen = { dropId: 'drill', secretariat: 'alpha', path, name, size, mtime: at, receivedAt: at, receivedOn: DAY };
  const id = await insertSeenFile(db, seen);
  await markFetched(db, id, sha256, size);
  const instruction: ImportInstruction = {
    layouts: [layout],
    scope: 'full',
    mode: 'upsert',
    set: { enterpriseNumber: number },
    limits: context.config.navette.limits,
    dropHash: '',
    saidWhole,
    again: true,
    approved: null,
  };
  const { status } = await importFile(context, id, storedAt, instruction).catch((error: unknown) => {
    // A file that ends inside a row may be on its way still.
    if (error instanceof RetryableError && error.reason === 'incomplete') return { status: 'waiting' };
    throw error;
  });
  const gone = await sql<{ nrn: string }>`
    select national_register_number as nrn from beneficiary
     where enterprise_number = ${number} and status = 'inactive' order by 1`.execute(db);
  await sql`
    update beneficiary set status = 'active', status_reason = null, as_of = '2026-12-01' where enterprise_number = ${number}`.execute(
    db,
  );
  await sql`update held_plan set decision = 'discarded' where decision is null`.execute(db);
  return { status, gone: gone.rows.map(({ nrn }) => nrn) };
}

/** Offsets that are the same in every run: a linear congruential sequence. */
function seededOffsets(length: number, count: number): number[] {
  const offsets: number[] = [];
  let state = 20_261_202;
  for (let index = 0; index < count; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    offsets.push(1 + (state % (length - 1)));
  }
  return offsets;
}

const csv = Buffer.from(portalCsv(rows));
/** Where each line ends, behind its line end; the first is the header's. */
const lineEnds = [...csv.entries()].flatMap(([at, byte]) => (byte === 10 ? [at + 1] : []));

describe('a CSV', () => {
  it('cut at any row without proof ends nobody', async () => {
    for (const end of lineEnds) {
      for (const at of [end, end - 1]) {
        const { status, gone } = await deliver(csv.subarray(0, at), 'people.csv', false);
        expect({ at, gone }).toEqual({ at, gone: [] });
        if (at < csv.length - 2) expect(['held', 'rejected']).toContain(status);
      }
    }
  }, 120_000);

  it('cut at any row that its sender calls whole ends those who are really missing, within the gates', async () => {
    for (const [index, end] of lineEnds.entries()) {
      const { status, gone } = await deliver(csv.subarray(0, end), 'people.csv', true);
      const missing = rows
        .slice(index)
        .map((row) => row.nationalRegisterNumber ?? '')
        .sort();
      if (index === 0) expect(status).toBe('rejected');
      else if (missing.length <= 3) expect({ status, gone }).toEqual({ status: 'applied', gone: missing });
      else expect({ status, gone }).toEqual({ status: 'held', gone: [] });
    }
  }, 60_000);

  it(
    'cut at any byte ends nobody whom it still names, and nobody at all inside a row',
    async () => {
      for (const at of seededOffsets(csv.length, OFFSETS)) {
        const atRow = lineEnds.includes(at);
        for (const saidWhole of [false, true]) {
          const { status, gone } = await deliver(csv.subarray(0, at), 'people.csv', saidWhole);
          if (!atRow || !saidWhole)
            expect({ at, saidWhole, status, gone }).toEqual({ at, saidWhole, status, gone: [] });
        }
      }
    },
    fuzzTimeout(1000, OFFSETS),
  );
});

describe('a workbook', () => {
  const cells = rows.map((row) => PORTAL_FIELDS.map((field) => row[field] ?? ''));
  async function workbook(count: number): Promise<Buffer> {
    const book = new exceljs.Workbook();
    const sheet = book.addWorksheet('People');
    sheet.addRow([...PORTAL_FIELDS]);
    for (const row of cells.slice(0, count)) sheet.addRow(row);
    return Buffer.from(await book.xlsx.writeBuffer());
  }
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const xmlRow = (row: readonly string[]) =>
    `<row>${row.map((cell) => `<c t="inlineStr"><is><t>${escaped(cell)}</t></is></c>`).join('')}</row>`;

  it('that is whole but has fewer rows ends those who are missing, within the gates', async () => {
    for (const count of [0, 5, 8, 9, 11, PEOPLE]) {
      const { status, gone } = await deliver(await workbook(count), 'people.xlsx', false);
      const missing = everybody.filter(
        (nrn) => !rows.slice(0, count).some((row) => row.nationalRegisterNumber === nrn),
      );
      if (count === 0) expect({ status, gone }).toEqual({ status: 'rejected', gone: [] });
      else if (missing.length <= 3) expect({ status, gone }).toEqual({ status: 'applied', gone: missing });
      else expect({ status, gone }).toEqual({ status: 'held', gone: [] });
    }
  }, 60_000);

  it(
    'cut at any byte is refused',
    async () => {
      const whole = await workbook(PEOPLE);
      for (const at of seededOffsets(whole.length, OFFSETS)) {
        const { status, gone } = await deliver(whole.subarray(0, at), 'people.xlsx', true);
        expect({ at, status, gone }).toEqual({ at, status: 'rejected', gone: [] });
      }
    },
    fuzzTimeout(1000, OFFSETS),
  );

  it('whose sheet ends at any row, in a zip that is whole, is refused', async () => {
    const open =
      '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>';
    for (let count = 0; count <= PEOPLE; count++) {
      const xml = open + [[...PORTAL_FIELDS], ...cells.slice(0, count)].map(xmlRow).join('');
      for (const end of ['', '<row><c t="inlineStr"><is><t>850']) {
        const { status, gone } = await deliver(zipOf(partsOf({ sheets: [{ xml: xml + end }] })), 'people.xlsx', true);
        expect({ count, status, gone }).toEqual({ count, status: 'rejected', gone: [] });
      }
    }
    const closed = `${open}${[[...PORTAL_FIELDS], ...cells].map(xmlRow).join('')}</sheetData></worksheet>`;
    expect(await deliver(zipOf(partsOf({ sheets: [{ xml: closed }] })), 'people.xlsx', true)).toEqual({
      status: 'applied',
      gone: [],
    });
  }, 60_000);
});

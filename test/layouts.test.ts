/** Every shipped layout with its example: what an import makes of it, and what it does not do to the world. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importFile } from '../src/jobs/import/import-file.ts';
import { instructionOf } from '../src/jobs/import/instruction-of.ts';
import { keptPath } from '../src/jobs/intake/keep-file.ts';
import { getFile, insertSeenFile, markFetched } from '../src/load/files/ledger.ts';
import type { Layout } from '../src/model.ts';
import { foldWord } from '../src/transform/values/fold-word.ts';
import {
  CONFIG,
  everyRow,
  expectedOf,
  FIXTURES,
  fixtureFolders,
  inputsOf,
  isThere,
  type LayoutWorld,
  openLayoutWorld,
  outcomeOf,
  TODAY,
} from './support/layout-fixtures.ts';

const LAYOUTS = [...CONFIG.layouts.values()].map(({ layout }) => layout);

test('every layout has an example, and every example a layout', () => {
  expect(fixtureFolders().sort()).toEqual(LAYOUTS.map(({ id }) => id).sort());
});

describe.each(LAYOUTS.map((layout) => [layout.id, layout] as const))('%s', (id, layout) => {
  const folder = join(FIXTURES, id);
  const expected = isThere(join(folder, 'expected.json')) ? expectedOf(id) : null;
  const inputs = expected === null ? [] : Object.entries(expected.inputs);

  test('its folder has an input and says what is expected of each', () => {
    expect(inputs.map(([file]) => file).sort()).toEqual(inputsOf(id).sort());
    expect(inputs).not.toEqual([]);
  });

  describe.each(inputs)('%s', (file, given) => {
    let world: LayoutWorld;
    beforeAll(async () => {
      world = await openLayoutWorld();
    });
    const give = () => world.give(id, join(folder, file), given);

    test('gives what is expected; a second time it changes nothing, and neither does applying it anew', async () => {
      const first = await give();
      const { inputs: _, ...outcome } = expected ?? { inputs: {} };
      expect(outcomeOf(first)).toEqual(outcome);
      const after = await everyRow(world.context.database.db);

      expect(await give()).toMatchObject({ status: 'duplicate', issues: [] });
      expect(await everyRow(world.context.database.db)).toEqual(after);

      const anew = await applyAnew(world, first.fileId ?? 0);
      expect(anew.status).toBe(layout.counts === 'signed' ? 'duplicate' : 'applied');
      expect(anew.counts).toMatchObject({ created: 0, reactivated: 0, deactivated: 0 });
      expect(await everyRow(world.context.database.db)).toEqual(after);
    });

    test('nothing that stands in it stands in the log', () => {
      const text = world.logged.join('');
      expect(text).toContain('file.applied');
      // Employers and amounts may be logged by number; people may not, in any way.
      expect(text).not.toMatch(/\d(?:[ .-]?\d){10}/);
      expect(text).not.toMatch(/@|navetteau|bonpapier|scheckhofer|kaartmans/i);
    });
  });

  test.each(layout.file.rows?.trailer ? inputs : [])(
    '%s without its last line changes nothing',
    async (file, given) => {
      const text = readFileSync(join(folder, file), 'latin1');
      const path = join(scratch, file);
      await writeFile(path, text.replace(/[^\n]*\n$/, ''), 'latin1');
      const world = await worldOfRefusals;
      const before = await everyRow(world.context.database.db);
      const result = await world.give(id, path, given);
      expect(outcomeOf(result)).toMatchObject({ status: 'rejected', issues: [{ row: null, code: 'file.truncated' }] });
      expect(await everyRow(world.context.database.db)).toEqual(before);
    },
  );

  const headers = requiredHeaders(layout);
  test.each(headers)('without its header %s it is refused, and the column is named', async (field, names) => {
    const [[file, given] = ['', { secretariat: 'alpha' }]] = inputs;
    const lines = readFileSync(join(folder, file), 'latin1').split('\n');
    const renamed = (lines[0] ?? '').replace(/[^;,\r]+/g, (word) => (isOneOf(word, names) ? 'ZZZ' : word));
    expect(renamed).not.toBe(lines[0]);
    const path = join(scratch, 'input.csv');
    await writeFile(path, [renamed, ...lines.slice(1)].join('\n'), 'latin1');
    const world = await worldOfRefusals;
    const result = await world.give(id, path, { ...given, name: given.name ?? file });
    expect(outcomeOf(result)).toMatchObject({
      status: 'rejected',
      issues: [{ row: null, column: field, code: 'file.header', severity: 'error' }],
    });
    expect(result.issues[0]?.message).toContain(names[0]);
  });
});

const worldOfRefusals = openLayoutWorld();
const scratch = await mkdtemp(join(tmpdir(), 'navette-layouts-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

function requiredHeaders({ columns }: Layout): [field: string, names: readonly string[]][] {
  return columns.flatMap(({ field, source, required }) =>
    required && 'header' in source ? [[field, source.header] as [string, readonly string[]]] : [],
  );
}

/** Headers of the examples are read as Latin-1 here, whatever they are: their bytes are to be written back as they were. */
function isOneOf(word: string, names: readonly string[]): boolean {
  const spellings = [word, Buffer.from(word, 'latin1').toString('utf8')].map(foldWord);
  return names.some((name) => spellings.includes(foldWord(name)));
}

/** What `navette file again` does: the kept bytes once more, as another delivery of theirs. */
async function applyAnew({ context }: LayoutWorld, fileId: number) {
  const { db } = context.database;
  const file = await getFile(db, fileId);
  if (file?.sha256 == null) throw new Error('this file was never kept');
  const again = await insertSeenFile(db, {
    dropId: file.drop_id,
    secretariat: file.secretariat_code,
    path: file.path,
    name: file.name,
    size: file.size,
    mtime: file.mtime,
    receivedAt: file.received_at,
    receivedOn: TODAY,
  });
  await markFetched(db, again, file.sha256, file.size);
  const stored = keptPath(context.config.storage, file.sha256);
  return importFile(context, again, stored, { ...instructionOf(context, file), again: true });
}

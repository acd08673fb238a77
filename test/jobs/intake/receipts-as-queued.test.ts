/** A receipt says what was so when it was queued, however late it is put and however often. */
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { approvePlan } from '../../../src/jobs/import/decide-held-plan.ts';
import { openDropHome } from '../../support/drop-home.ts';

type Receipt = Readonly<Record<'status' | 'counts' | 'asOf', unknown>>;
type Home = Awaited<ReturnType<typeof openDropHome>>;

const receiptsOf = async ({ place }: Home): Promise<[string, Receipt][]> => {
  const out = join(place.root, 'out');
  const names = (await readdir(out)).filter((name) => name.startsWith('few.csv')).sort();
  return Promise.all(
    names.map(
      async (name): Promise<[string, Receipt]> => [
        name.slice(name.indexOf('receipt')),
        JSON.parse(await readFile(join(out, name), 'utf8')) as Receipt,
      ],
    ),
  );
};

/** A home whose second file is held; answers the hash of its plan. */
async function held(out: 'there' | 'away'): Promise<{ home: Home; planHash: string }> {
  const home = await openDropHome(undefined, { scope: 'full' });
  await home.send('all.csv', home.people(0, 12));
  await home.visit();
  await home.send('few.csv', home.people(0, 4));
  if (out === 'away') await rename(join(home.place.root, 'out'), join(home.place.root, 'away'));
  const { files } = await home.visit('2026-12-02');
  return { home, planHash: files[0]?.result.planHash ?? '' };
}

const approve = ({ context }: Home, planHash: string) =>
  approvePlan(context('2026-12-03'), planHash, { by: 'Ops', why: 'checked', upsertsOnly: false });

test('while a drop is down its file is held and then approved: the first receipt still says held', async () => {
  const { home, planHash } = await held('away');
  await approve(home, planHash);
  await rename(join(home.place.root, 'away'), join(home.place.root, 'out'));
  await home.visit('2026-12-03');
  expect(await receiptsOf(home)).toMatchObject([
    ['receipt.2.json', { status: 'applied', counts: { deactivated: 8 } }],
    ['receipt.json', { status: 'held', counts: { deactivated: 8 } }],
  ]);
});

test('put, killed before it was marked, and approved meanwhile: it is the same bytes, and taken for sent', async () => {
  const { home, planHash } = await held('there');
  const [[, first] = []] = await receiptsOf(home);
  await sql`update outgoing_file set status = 'queued', sent_at = null where name like 'few.csv%receipt.json'`.execute(
    home.db,
  );
  await approve(home, planHash);
  await home.visit('2026-12-03');
  expect(home.events('file.archive_failed')).toEqual([]);
  const open = await sql`select name from outgoing_file where status <> 'sent'`.execute(home.db);
  expect(open.rows).toEqual([]);
  expect(await receiptsOf(home)).toMatchObject([
    ['receipt.2.json', { status: 'applied' }],
    ['receipt.json', { ...first }],
  ]);
});

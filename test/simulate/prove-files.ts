/** Owns the proof that every file was decided as it must be, was put away, and was answered by one receipt that adds up. */
import { sql } from 'kysely';
import type { Database } from '../../src/load/database.ts';
import type { FileCounts } from '../../src/model.ts';
import type { Delivery, Outcome } from './delivery.ts';
import type { Place } from './place.ts';

const OUTCOMES: Readonly<Record<string, readonly Outcome[]>> = {
  archived: ['applied'],
  duplicate: ['duplicate', 'set aside'],
  superseded: ['set aside'],
  rejected: ['rejected'],
};

/** Files whose end was not the expected one; the bank's are not among the deliveries. */
export async function compareOutcomes({ db }: Database, deliveries: readonly Delivery[]): Promise<string[]> {
  const found = await sql<{ drop: string; name: string; status: string; rejected: number }>`
    select drop_id as drop, name, status, coalesce((counts ->> 'rejected')::int, 0) as rejected from drop_file`.execute(
    db,
  );
  const rows = Map.groupBy(found.rows, ({ drop, name }) => `${drop}/${name}`);
  return deliveries.flatMap(({ drop, name, expected, rejectedRows, habit }) => {
    const [row, ...more] = rows.get(`${drop}/${name}`) ?? [];
    if (row === undefined) return [`never seen: ${drop}/${name}`];
    if (more.length > 0) return [`seen ${more.length + 1} times: ${drop}/${name}`];
    if (OUTCOMES[row.status]?.includes(expected) !== true)
      return [`${row.status}, not ${expected} (${habit}): ${drop}/${name}`];
    const isCounted = expected === 'applied' && row.rejected !== rejectedRows;
    return isCounted ? [`${row.rejected} rows rejected, not ${rejectedRows} (${habit}): ${drop}/${name}`] : [];
  });
}

/** No file of a sender is left where it was put; each lies once in the archive or beside it. */
export async function findLeftFiles(place: Place, delivered: number): Promise<string[]> {
  const left: string[] = [];
  let away = 0;
  for (const drop of place.drops) {
    left.push(...(await place.names(drop, 'in')).map((name) => `still in the drop: ${drop}/${name}`));
    for (const folder of ['archive', 'error'] as const) {
      away += (await place.names(drop, folder)).filter((name) => !name.endsWith('.done')).length;
    }
  }
  return away === delivered ? left : [...left, `${delivered} files were sent, ${away} are put away`];
}

interface Receipt {
  readonly file: string;
  readonly status: string;
  readonly counts: FileCounts;
}

/** Every file has a receipt, the last of which says how it ended; its rows add up. */
export async function compareReceipts(place: Place, deliveries: readonly Delivery[]): Promise<string[]> {
  const faults: string[] = [];
  for (const drop of place.drops.filter((one) => one !== 'bank')) {
    const names = (await place.names(drop, 'out')).filter((name) => /\.receipt(\.\d+)?\.json$/.test(name));
    const last = new Map<string, Receipt>();
    for (const name of names) {
      const receipt = JSON.parse((await place.read(drop, 'out', name)).toString()) as Receipt;
      const { read, created, updated, unchanged, reactivated, rejected, duplicateInFile } = receipt.counts;
      const isSum = read === created + updated + unchanged + reactivated + rejected + duplicateInFile;
      if (!isSum && receipt.status !== 'rejected') faults.push(`does not add up: ${drop}/${name}`);
      if (receipt.status !== 'held') last.set(receipt.file, receipt);
    }
    const missing = deliveries.filter((one) => one.drop === drop && !last.has(one.name));
    faults.push(...missing.map((one) => `no receipt: ${drop}/${one.name}`));
  }
  return faults;
}

/** What a delivery is: the values from its name and its drop, the moment it holds from, and the key of its content. */
import { hash } from 'node:crypto';
import { isoMoment } from '../../clock.ts';
import type { Identity } from '../../load/files/ledger.ts';
import type { DropFile } from '../../load/tables.ts';
import type { FittedFile } from './fit-layout.ts';
import type { ImportInstruction } from './import-instruction.ts';

/**
 * Two deliveries are the same content when layout, bytes, the values from name and drop, scope and mode are the same: two
 * months of equal counts from files whose period stands in their name are two deliveries.
 */
export function identifyFile(
  file: Pick<DropFile, 'sha256' | 'mtime' | 'received_at'>,
  fitted: FittedFile,
  instruction: Pick<ImportInstruction, 'scope' | 'mode' | 'set' | 'dropHash'>,
  now: number,
): Identity {
  const { layout, nameValues } = fitted;
  // Corrected rows that came back are never all the people there are, whoever says so.
  const isReturned = (fitted.table?.plan.rejectsColumns.size ?? 0) > 0;
  const scope = isReturned ? 'delta' : (instruction.scope ?? layout.scope);
  const key = [layout.id, file.sha256, sorted(instruction.set), sorted(nameValues), scope, instruction.mode];
  return {
    layoutId: layout.id,
    layoutHash: hash('sha256', `${fitted.layoutHash} ${instruction.dropHash}`).slice(0, 16),
    kind: layout.kind,
    scope,
    mode: instruction.mode,
    asOf: asOf(file, fitted, now),
    setValues: instruction.set,
    nameValues,
    senderColumns: Object.fromEntries(fitted.table?.plan.senderColumns ?? []),
    contentKey: hash('sha256', JSON.stringify(key)),
  };
}

/**
 * The date in the name if the layout takes one, else when the file was written. Names may be wrong and a server's clock ahead; a
 * file is not, or every later one would be older than it.
 */
function asOf(file: Pick<DropFile, 'mtime' | 'received_at'>, fitted: FittedFile, now: number): string {
  const named = fitted.table?.plan.start['asOf'];
  const said = Date.parse(typeof named === 'string' ? `${named}T00:00:00.000Z` : file.mtime);
  return isoMoment(Math.min(said, Math.max(now, Date.parse(file.received_at))));
}

function sorted(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
}

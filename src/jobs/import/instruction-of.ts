/** How a file of the ledger was to be taken, for the times when it is taken again: approved, retried, or applied anew. */
import type { Drop } from '../../config.ts';
import { ConfigError } from '../../errors.ts';
import type { DropFile } from '../../load/tables.ts';
import type { ImportMode } from '../../model.ts';
import type { JobContext } from '../context.ts';
import { isManual, manualDrop } from '../intake/manual-drop.ts';
import type { ImportInstruction } from './import-instruction.ts';

/** The drop a file of the ledger came by; ConfigError when it is configured no more. */
export function dropOf(context: JobContext, file: DropFile): Drop {
  if (isManual(file.drop_id)) return manualDrop(context, file.secretariat_code);
  const drop = context.config.drops.find(({ id }) => id === file.drop_id);
  if (drop === undefined)
    throw new ConfigError(`File ${file.id} came by the drop "${file.drop_id}", which is not configured.`);
  return drop;
}

/**
 * The layout, scope, mode and values are those of the file's first reading, or what was said when it was given by hand; a file
 * that was never read takes its drop's.
 */
export function instructionOf(context: JobContext, file: DropFile): ImportInstruction {
  const drop = dropOf(context, file);
  const ids = file.layout_id === null ? drop.layouts : [file.layout_id];
  const layouts = ids.flatMap((id) => context.config.layouts.get(id) ?? []);
  if (layouts.length === 0)
    throw new ConfigError(`File ${file.id} needs the layout "${ids.join(', ')}", which is not configured.`);
  return {
    layouts,
    scope: file.scope === 'full' || file.scope === 'delta' ? file.scope : drop.scope,
    mode: (file.mode ?? drop.mode) as ImportMode,
    set: file.layout_id === null ? drop.set : file.set_values,
    limits: drop.limits,
    dropHash: drop.hash,
    saidWhole: file.by_hand || drop.settled !== 'stable',
    again: false,
    approved: null,
  };
}

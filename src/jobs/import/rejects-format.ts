/** In which format the rejected rows of a file go back. */
import type { RejectsFormat } from '../../load/files/outgoing.ts';
import type { FileFormat } from '../../model.ts';

/** As the file came; null for bank statements, which are refused whole or not at all. */
export function rejectsFormat(format: FileFormat): RejectsFormat | null {
  if (format === 'coda' || format === 'camt053') return null;
  return format === 'xlsx' ? 'xlsx' : 'csv';
}

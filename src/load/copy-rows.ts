/** COPY of typed rows into a table, streamed; the fastest way in that PostgreSQL has. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Session } from './database.ts';

/** null is SQL null; an array becomes a text array; anything else that is no text, number or boolean must be given as text. */
export type CopyValue = string | number | boolean | null | readonly string[];

/**
 * Writes all batches into `table (columns)`. Values stand in the order of the columns. An error of the batches is thrown when
 * the COPY has ended, and the session stays usable; after an error of the database it does not.
 */
export async function copyRows(
  session: Session,
  table: string,
  columns: readonly string[],
  batches: AsyncIterable<readonly (readonly CopyValue[])[]> | Iterable<readonly (readonly CopyValue[])[]>,
): Promise<void> {
  const target = session.client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
  const source: { failure?: unknown } = {};
  await pipeline(Readable.from(copyText(batches, source), { objectMode: true, highWaterMark: 2 }), target);
  if ('failure' in source) throw source.failure;
}

/** An error of the source ends the COPY as if it were whole: a COPY left open would block the connection for good. */
async function* copyText(
  batches: AsyncIterable<readonly (readonly CopyValue[])[]> | Iterable<readonly (readonly CopyValue[])[]>,
  source: { failure?: unknown },
): AsyncIterable<Buffer> {
  try {
    for await (const rows of batches) {
      const text = rows.map(line).join('');
      if (text !== '') yield Buffer.from(text);
    }
  } catch (error) {
    source.failure = error;
  }
}

function line(row: readonly CopyValue[]): string {
  let text = '';
  for (let index = 0; index < row.length; index++) {
    if (index > 0) text += '\t';
    text += field(row[index] ?? null);
  }
  return `${text}\n`;
}

const SPECIAL = /[\\\t\n\r]/;

function field(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return SPECIAL.test(value) ? escaped(value) : value;
  if (typeof value === 'object')
    return escaped(`{${value.map((word) => `"${word.replace(/["\\]/g, '\\$&')}"`).join(',')}}`);
  return String(value);
}

function escaped(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n').replace(/\r/g, '\\r');
}

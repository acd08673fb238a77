/** A million payroll rows from a CSV file: read, and mapped to the values of their fields; beside it the parser alone. */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { readEnvironment } from '../src/config/environment.ts';
import { loadConfig } from '../src/config.ts';
import { fitLayout } from '../src/jobs/import/fit-layout.ts';
import { mapRow } from '../src/transform/rows/map-row.ts';
import { checkPayrollRow } from '../src/transform/rows/payroll-row.ts';
import { inventEnterpriseNumber, inventPerson } from '../test/support/people.ts';
import { type BenchResult, peakMegabytes, ratioOf, secondsOf } from './bench.ts';

const ROWS = 1_000_000;
const MOST_RATIO = 1.8;
const ROWS_A_PIECE = 10_000;

/** The reference parses the same file with csv-parse and looks at no cell. */
export async function bench(size: number): Promise<BenchResult> {
  const rows = Math.round(ROWS * size);
  const folder = await mkdtemp(join(tmpdir(), 'navette-bench-csv-'));
  try {
    const path = join(folder, 'payroll.csv');
    await writeRows(path, rows);
    const seconds = await secondsOf(() => readAndMap(path, rows));
    const peak = peakMegabytes();
    const referenceSeconds = await secondsOf(() => parseAlone(path, rows));
    const ratio = ratioOf(seconds, referenceSeconds);
    return {
      name: 'csv',
      size: rows,
      seconds,
      referenceSeconds,
      ratio,
      peakMegabytes: peak,
      goal: `at most ${MOST_RATIO} times csv-parse alone`,
      met: ratio <= MOST_RATIO,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeRows(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path);
  file.write('BCE;NISS;Période;Produit;Nombre;Valeur;Sortie\r\n');
  for (let start = 0; start < rows; start += ROWS_A_PIECE) {
    let piece = '';
    for (let index = start; index < Math.min(rows, start + ROWS_A_PIECE); index += 1) {
      const employer = inventEnterpriseNumber(100_000 + Math.floor(index / 40));
      const person = inventPerson(index % 500_000).nationalRegisterNumber;
      piece += `${employer};${person};2026-11;Chèque-repas;${15 + (index % 8)};8,00;${index % 50 === 0 ? '30/11/2026' : ''}\r\n`;
    }
    if (!file.write(piece)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

async function readAndMap(path: string, rows: number): Promise<void> {
  const config = loadConfig(readEnvironment({ NAVETTE_CONFIG: join(import.meta.dirname, '../config') }));
  const layout = config.layouts.get('payroll-generic');
  if (layout === undefined) throw new Error('payroll-generic ships');
  const file = { path, name: 'payroll.csv', maxBytes: 500_000_000, set: {}, today: '2026-12-05' };
  const { table } = await fitLayout(file, [layout], config);
  if (table === null) throw new Error('a CSV file is a table');
  let good = 0;
  for await (const batch of table.opened.rows) {
    for (const row of batch) {
      const { values, issues } = mapRow(table.plan, row);
      if (issues.length === 0 && checkPayrollRow(values, row.rowNumber, 'restated').length === 0) good += 1;
    }
  }
  if (good !== rows) throw new Error(`${good} of ${rows} rows were read`);
}

async function parseAlone(path: string, expected: number): Promise<void> {
  const parser = createReadStream(path).pipe(parse({ delimiter: ';', from_line: 2 }));
  let rows = 0;
  parser.on('data', () => {
    rows += 1;
  });
  await once(parser, 'end');
  if (rows !== expected) throw new Error(`${rows} of ${expected} rows were parsed`);
}

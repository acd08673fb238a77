/** The page that sets Navette beside the script, from what was measured and seen. */
import type { MessyCase } from './messy-world.ts';
import type { Outcome } from './run-messy.ts';
import type { Speed } from './speed.ts';

export interface Compared {
  readonly speeds: readonly Speed[];
  /** what was measured: rows of each file, and how often */
  readonly sizes: { readonly payrollRows: number; readonly workbookRows: number; readonly times: number };
  readonly messy: readonly { readonly one: MessyCase; readonly navette: Outcome; readonly script: Outcome }[];
  /** processor, memory and versions, in words */
  readonly machine: readonly string[];
}

export function comparisonPage({ speeds, sizes, messy, machine }: Compared): string {
  const { payrollRows, workbookRows, times } = sizes;
  const wrong = messy.filter(({ script }) => script.wrong.length > 0);
  const days = wrong.reduce((sum, { one }) => sum + (one.mend?.days ?? 0), 0);
  const navetteRight = messy.filter(({ navette }) => navette.wrong.length === 0).length;
  const speedRows = speeds.map((speed) => speedRow(speed)).join('\n');
  const messyRows = messy.map((found) => messyRow(found)).join('\n');
  return `# Navette beside a script

Made by \`npm run compare -- --payroll-rows ${payrollRows} --workbook-rows ${workbookRows} --times ${times}\`; what it says was measured and seen in that run. The other side is
[import_files.py](../bench/compare/import_files.py): what a company would otherwise have, as a developer who knows pandas writes it in a
week. It reads numbers as text, repairs leading zeros, checks the check digits, finds the data behind a guide sheet, falls back to
windows-1252, skips and tells bad rows, upserts in blocks, uses one transaction a file and deactivates who is absent from a full file.
We wrote both sides; the script is short, and anybody may make it better and run this again.

## Speed

Whole processes from start to end, ${times === 1 ? 'one run' : `the middle of ${times} runs`} each in turn on the same PostgreSQL with \`fsync\` on; the peak is that of the process itself,
PostgreSQL not counted. Starting a process, which is most of the time of a small file, is counted. Navette also keeps history, checks mandates, contracts and limits, and writes the receipt; the script does not.

| file | rows | Navette | rows/s | peak | the script | rows/s | peak | time, Navette by script |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
${speedRows}

## Messy files

Each file met an employer with ten people (payroll: also somebody else's employer), in a real database of each tool. What each then held was compared,
person by person and count by count, with what should be there. Navette was right in ${navetteRight} of ${messy.length}, the script in ${messy.length - wrong.length}.
The last column is our estimate for a developer who knows the script; together it is ${days} days, without tests and without the
places it would need for receipts, decisions and history. What a tool said of several files is joined by an arrow; the counts of a
*held* file are those of its plan, of which nothing is done until a person says yes.

| file | what should happen | Navette | the script | to mend the script |
|---|---|---|---|---|
${messyRows}

What the table does not show: when the script stops or skips a row it says so to whoever reads its log; Navette sends the secretariat
a receipt, with the rejected rows and the reasons in its own language.

## Machine

${machine.map((line) => `- ${line}`).join('\n')}

## Make it again

On Debian: \`apt-get install python3-pandas python3-openpyxl python3-psycopg2\`, then \`npm run compare\`. It starts a PostgreSQL of its own,
writes this page and leaves nothing else behind. \`npm run compare -- --payroll-rows 20000 --workbook-rows 2000 --times 1\` is a quick look.
`;
}

/** Without the script's columns, which only this command can fill: \`| file | what should happen | what Navette did |\`. */
export function navetteCells({ file, should }: MessyCase, { said, wrong }: Outcome): string {
  return `| ${file} | ${should} | ${verdict(wrong)}: ${said.join(' → ')} |`;
}

function messyRow({ one, navette, script }: Compared['messy'][number]): string {
  const mend = script.wrong.length === 0 || one.mend === null ? '' : `${one.mend.lacks}; ${daysText(one.mend.days)}`;
  return `${navetteCells(one, navette)} ${verdict(script.wrong)}: ${script.said.join(' → ')} | ${mend} |`;
}

function verdict(wrong: readonly string[]): string {
  return wrong.length === 0 ? 'right' : `**${wrong.join(', ')}**`;
}

function daysText(days: number): string {
  if (days < 1) return 'half a day';
  return days === 1 ? '1 day' : `${days} days`;
}

function speedRow({ file, rows, navette, script }: Speed): string {
  const side = ({ seconds, peakMegabytes }: Speed['navette']): string =>
    `${seconds.toFixed(1)} s | ${thousands(rows / seconds)} | ${peakMegabytes} MB`;
  const ratio = (navette.seconds / script.seconds).toFixed(2);
  return `| ${file} | ${thousands(rows)} | ${side(navette)} | ${side(script)} | ${ratio} |`;
}

function thousands(number: number): string {
  return Math.round(number).toLocaleString('en');
}

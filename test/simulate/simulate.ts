/** `npm run simulate -- --months 12 --employers 500 --secretariats 6 --seed 1`: lives a year of a small country and proves its books. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inventCountry } from './country.ts';
import { liveYear } from './live-year.ts';
import { proveYear } from './prove-year.ts';
import { type Asked, readAsked } from './size-asked.ts';
import { tellYear } from './tell-year.ts';

const asked = readOrRefuse();
const { size } = asked;
const home = asked.home ?? (await mkdtemp(join(tmpdir(), 'navette-simulate-')));
await mkdir(home, { recursive: true });
const started = performance.now();
const year = await liveYear(home, inventCountry(size), (line) => process.stderr.write(`${line}\n`));
const proofs = await proveYear(year);
const page = `${tellYear(year, proofs).join('\n')}\n`;
process.stdout.write(page);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
process.stderr.write(`${seconds} s; ${year.disturbed.killed} of ${year.disturbed.planned} kills came in time\n`);
await year.close();
if (asked.page !== null) await writeFile(asked.page, pageOf(page));
if (asked.home === null) await rm(home, { recursive: true, force: true });
process.exitCode = proofs.every(({ broken }) => broken.length === 0) ? 0 : 1;

function readOrRefuse(): Asked {
  try {
    return readAsked(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

function pageOf(books: string): string {
  const { months, employers, secretariats, seed } = size;
  return `# A simulated year

Made by \`npm run simulate -- --months ${months} --employers ${employers} --secretariats ${secretariats} --seed ${seed} --page docs/simulated-year.md\`.

Invented employers send the files of invented secretariats, with the habits and mistakes of real ones: late, twice, corrected, cut off,
for the wrong month, with another header. Navette's own jobs read them day by day on a simulated calendar, from folders and from an SFTP server that is
away for days; it and its database are killed on the way. Employers pay as people pay. A person decides by fixed rules what Navette leaves
to a person. What is known of the invented country, and no table of Navette, says what must come out; \`test/simulate/prove-year.ts\` compares.
Amounts are euros.

\`\`\`text
${books}\`\`\`
`;
}

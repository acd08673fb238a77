/** Which tests cause which fault, and the page that says so. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULTS } from './fault-list.ts';

const TESTS = join(import.meta.dirname, '..');

/** A title that opens with a fault, as it stands in the source: `%s` is filled in when the test runs. */
export interface FaultTitle {
  readonly number: number;
  /** from `test/` on */
  readonly file: string;
  readonly title: string;
}

export function findFaultTitles(): FaultTitle[] {
  return readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && path !== 'faults.test.ts')
    .sort()
    .flatMap((file) =>
      [...readFileSync(join(TESTS, file), 'utf8').matchAll(/(['"`])(?:%i )?(fault \d+: .*?)\1/g)].flatMap(
        ([, , title = '']) => faultsIn(title).map((number) => ({ number, file, title })),
      ),
    )
    .filter((one, at, all) => at === all.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)));
}

/** The faults that a title names, each as `fault 7:`. */
const faultsIn = (title: string): number[] =>
  [...title.matchAll(/\bfault (\d+):/g)].map(([, number]) => Number(number));

/** What became of the tests of one fault in one file. */
export interface FaultResult {
  readonly number: number;
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
}

/** One case of a test that ran to its end. */
export interface RanTest {
  /** from `test/` on */
  readonly file: string;
  readonly title: string;
  readonly passed: boolean;
}

/** By fault and file. */
export function faultResults(ran: readonly RanTest[]): FaultResult[] {
  const cases = ran.flatMap(({ file, title, passed }) => faultsIn(title).map((number) => ({ number, file, passed })));
  return [...Map.groupBy(cases, ({ number, file }) => `${number} ${file}`).values()].map((some) => {
    const { number = 0, file = '' } = some[0] ?? {};
    const passed = some.filter((one) => one.passed).length;
    return { number, file, passed, failed: some.length - passed };
  });
}

const HEAD = ['', 'What goes wrong', 'What Navette promises', 'Test', 'Last result'];

/**
 * The page, in Markdown. A fault is listed with every title that names it; `day` is the day of the run, `YYYY-MM-DD`. `again` is
 * what became of failed ones when they were run once more, alone: a row says both.
 */
export function renderFaultPage(
  titles: readonly FaultTitle[],
  results: readonly FaultResult[],
  again: readonly FaultResult[],
  day: string,
): string {
  const rows = FAULTS.map(({ number, wrong, promise }) => {
    const tests = titles.filter((title) => title.number === number);
    const result = resultOf(
      results.filter((one) => one.number === number),
      again.filter((one) => one.number === number),
    );
    return [number, wrong, promise, tests.map(({ file, title }) => `\`${file}\`: ${title}`).join('<br>'), result];
  });
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return `# Faults

Sixty things that go wrong, and what Navette promises of each. Every one is really caused by a test: a real server, a real kill,
a real full disk. The number opens the title of the test: \`npx vitest run -t 'fault 22:'\` runs those of one fault.

This page is written by \`npm run faults\`, which runs them all; last on ${day}. Files are below \`test/\`; the number beside a
result counts the cases. Tests that failed in the run of all were run once more, alone; where they passed then, the row says so.

${line(HEAD)}
${line(HEAD.map(() => '---'))}
${rows.map(line).join('\n')}
`;
}

function resultOf(ran: readonly FaultResult[], again: readonly FaultResult[]): string {
  const sum = (some: readonly FaultResult[], of: 'failed' | 'passed') => some.reduce((all, one) => all + one[of], 0);
  const [failed, passed] = [sum(ran, 'failed'), sum(ran, 'passed')];
  if (failed === 0) return passed === 0 ? '**not run**' : `passed ${passed}`;
  const first = `failed ${failed} of ${failed + passed}`;
  const mended = ran.every(({ file, failed: some, passed: others }) => {
    const alone = again.find((one) => one.file === file);
    return some === 0 || (alone?.failed === 0 && alone.passed >= some + others);
  });
  return mended
    ? `passed ${failed + passed}, of which ${failed} only when run again alone`
    : `**${first}**, and again alone`;
}

/** Rows of the page as they stand there: the number, each test by file and title, and what is said of their last run. */
export function readFaultPage(
  page: string,
): { readonly number: number; readonly tests: readonly string[]; readonly result: string }[] {
  return [...page.matchAll(/^\| (\d+) \|(?: (?:[^|\\]|\\.)*\|){2} ((?:[^|\\]|\\.)*) \| (.*) \|$/gm)].map((row) => ({
    number: Number(row[1]),
    result: row[3] ?? '',
    tests: (row[2] ?? '')
      .replaceAll('\\|', '|')
      .split('<br>')
      .filter((text) => text !== ''),
  }));
}

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
export const faultsIn = (title: string): number[] =>
  [...title.matchAll(/\bfault (\d+):/g)].map(([, number]) => Number(number));

/** What became of the tests of one fault in one file. */
export interface FaultResult {
  readonly number: number;
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
}

const HEAD = ['', 'What goes wrong', 'What Navette promises', 'Test', 'Last result'];

/** The page, in Markdown. A fault is listed with every title that names it; `day` is the day of the run, `YYYY-MM-DD`. */
export function renderFaultPage(titles: readonly FaultTitle[], results: readonly FaultResult[], day: string): string {
  const rows = FAULTS.map(({ number, wrong, promise }) => {
    const tests = titles.filter((title) => title.number === number);
    const ran = results.filter((result) => result.number === number);
    const failed = ran.reduce((sum, result) => sum + result.failed, 0);
    const passed = ran.reduce((sum, result) => sum + result.passed, 0);
    const result =
      failed > 0 ? `**failed ${failed}** of ${failed + passed}` : passed === 0 ? '**not run**' : `passed ${passed}`;
    return [number, wrong, promise, tests.map(({ file, title }) => `\`${file}\`: ${title}`).join('<br>'), result];
  });
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return `# Faults

Sixty things that go wrong, and what Navette promises of each. Every one is really caused by a test: a real server, a real kill,
a real full disk. The number opens the title of the test: \`npx vitest run -t 'fault 22:'\` runs those of one fault.

This page is written by \`npm run faults\`, which runs them all; last on ${day}. Files are below \`test/\`; the number beside a
result counts the cases.

${line(HEAD)}
${line(HEAD.map(() => '---'))}
${rows.map(line).join('\n')}
`;
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

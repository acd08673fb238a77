/** What is kept of the last run of each file of `transform`, and the page about it: what was noticed, what lived and why. */
import { createHash } from 'node:crypto';
import { EXPLAINED } from './explained.ts';
import type { Mutant } from './mutate.ts';

/**
 * `out of time`: some tests that come by were not tried. `not reached`: no test comes by. `on loading`: in what a file works out
 * when it is loaded, which cannot be switched afterwards.
 */
export type Outcome = 'killed' | 'lived' | 'out of time' | 'not reached' | 'on loading';

export interface Judged extends Mutant {
  /** from `src/transform/` on */
  readonly path: string;
  readonly outcome: Outcome;
}

/** Every mutant of one file, in one run. */
export interface FileResult {
  readonly path: string;
  /** of the run, `YYYY-MM-DD` */
  readonly day: string;
  /** which source it was */
  readonly source: string;
  readonly changes: number;
  readonly killed: number;
  readonly onLoading: number;
  /** `text` is the source line */
  readonly survivors: readonly (Mutant & { readonly outcome: Outcome; readonly text: string })[];
}

export function fileResult(path: string, day: string, source: string, judged: readonly Judged[]): FileResult {
  const lines = source.split('\n');
  const isSurvivor = ({ outcome }: Judged) => outcome !== 'killed' && outcome !== 'on loading';
  return {
    path,
    day,
    source: markOf(source),
    changes: judged.length,
    killed: judged.filter(({ outcome }) => outcome === 'killed').length,
    onLoading: judged.filter(({ outcome }) => outcome === 'on loading').length,
    survivors: judged
      .filter(isSurvivor)
      .map(({ line, from, to, outcome }) => ({ line, from, to, outcome, text: lines[line - 1]?.trim() ?? '' }))
      .sort((a, b) => a.line - b.line),
  };
}

const markOf = (source: string): string => createHash('sha256').update(source).digest('hex').slice(0, 12);

const LONGEST = 70;
const OUTCOMES = ['lived', 'out of time', 'not reached'] as const;

/** `sources`: every file of `transform` as it is now, by its path. */
export function renderMutantPage(results: readonly FileResult[], sources: ReadonlyMap<string, string>): string {
  const sum = (of: (result: FileResult) => number) => results.reduce((all, result) => all + of(result), 0);
  const [changes, killed, onLoading] = [
    sum((one) => one.changes),
    sum((one) => one.killed),
    sum((one) => one.onLoading),
  ];
  const count = ({ survivors }: FileResult, outcome: Outcome) =>
    survivors.filter((one) => one.outcome === outcome).length;
  const told = OUTCOMES.map((outcome) => sum((one) => count(one, outcome)));
  const rows = [...sources].map(([path, source]) => {
    const result = results.find((one) => one.path === path);
    if (result === undefined) return [`\`${path}\``, '**not run yet**', '', '', '', '', '', ''];
    const since = result.source === markOf(source) ? '' : ', changed since';
    const counts = [result.changes, result.killed, ...OUTCOMES.map((outcome) => count(result, outcome))];
    return [`\`${path}\``, `${result.day}${since}`, ...counts, result.onLoading];
  });
  const survivors = results.flatMap(({ path, survivors }) => survivors.map((one) => ({ path, ...one })));
  const reasons = survivors.map((one) => ({ ...one, why: whyOf(one) }));
  const groups = [...Map.groupBy(reasons, ({ why }) => why)].sort((a, b) => b[1].length - a[1].length);
  return `# Mutants

Every file of \`src/transform\` with small wrong changes, one at a time: a comparison turned or moved by one, \`&&\` for \`||\`, a
condition that is always or never true, a number one more or less, a sign or a \`!\` left out, \`null\` returned, a statement left
out. A change that no test notices lives; each of those is listed below, with the reason
where one is known.

This page is written by \`npm run mutants\`; \`npm run mutants -- values\` judges one folder anew, \`-- values/percent.ts\` one file, and
keeps what is known of the others. ${results.length} of the ${sources.size} files ran to the end. Of their ${changes} changes ${killed} were noticed,
${told[0]} lived, ${told[1]} ran out of time before every test was tried, ${told[2]} are where none of these tests comes by, and ${onLoading} are
in what is worked out on loading, which this cannot change. Noticed: **${((100 * killed) / Math.max(1, changes - onLoading)).toFixed(1)} %** of the ${changes - onLoading} that can be judged.
The judges are the tests in \`test/transform\` and two more that need no database, random ones with fewer cases than usual; what
tests of jobs would notice beyond that was not tried.

${table(['File', 'Run', 'Changes', 'Noticed', 'Lived', 'Out of time', 'Not reached', 'On loading'], rows)}

## Those that were not noticed, and why

${groups.map(([why, some]) => `### ${why} (${some.length})\n\n${some.map(line).join('\n')}`).join('\n\n')}
`;
}

type Survivor = FileResult['survivors'][number] & { readonly path: string };

const UNEXPLAINED: Readonly<Record<string, string>> = {
  'out of time': 'Out of time: not every test was tried',
  'not reached': 'None of these tests comes by',
};

const whyOf = ({ path, text, from, to, outcome }: Survivor): string =>
  EXPLAINED.find((one) => one.path === path && text.includes(one.line) && (one.change?.test(`${from} → ${to}`) ?? true))
    ?.why ??
  UNEXPLAINED[outcome] ??
  'Not explained: a test is missing, or the code is not needed';

const line = ({ path, line: at, from, to }: Survivor): string =>
  `- \`${path}\` ${at}: ${code(from)} → ${to === '' ? 'left out' : code(to)}`;

const code = (text: string): string => {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short.includes('`') ? `\`\` ${short} \`\`` : `\`${short}\``;
};

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map((_, index) => (index < 2 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

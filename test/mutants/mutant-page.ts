/** The page about the mutants of `transform`: how many were killed, and which lived, with the reason. */
import { EXPLAINED } from './explained.ts';
import type { Mutant } from './mutate.ts';

/** `on loading`: in what a file works out when it is loaded, which cannot be switched afterwards. */
export type Outcome = 'killed' | 'lived' | 'not reached' | 'on loading';

export interface Judged extends Mutant {
  /** from `src/transform/` on */
  readonly path: string;
  readonly outcome: Outcome;
}

const LONGEST = 70;

export function renderMutantPage(judged: readonly Judged[], day: string): string {
  const of = (outcome: Outcome) => judged.filter((one) => one.outcome === outcome);
  const counted = judged.length - of('on loading').length;
  const killed = of('killed').length;
  const survivors = judged.filter(({ outcome }) => outcome === 'lived' || outcome === 'not reached');
  const reasons = survivors.map((one) => ({ ...one, why: whyOf(one) }));
  const files = [...Map.groupBy(judged, ({ path }) => path)].map(([path, all]) => {
    const count = (outcome: Outcome) => all.filter((one) => one.outcome === outcome).length;
    return [`\`${path}\``, all.length, count('killed'), count('lived'), count('not reached'), count('on loading')];
  });
  const groups = [...Map.groupBy(reasons, ({ why }) => why)].sort((a, b) => b[1].length - a[1].length);
  return `# Mutants

Every file of \`src/transform\` with small wrong changes, one at a time: a comparison turned or moved by one, \`&&\` for \`||\`, a
condition that is always or never true, a number one more or less, a sign or a \`!\` left out, \`null\` returned, a statement left
out. A change that no test notices lives; each of those is listed below with the reason.

This page is written by \`npm run mutants\`, last on ${day}: ${judged.length} changes, of which ${killed} were noticed, ${of('lived').length} lived,
${of('not reached').length} were in code that no test of values comes by, and ${of('on loading').length} in what is worked out on loading, which this
cannot change. Noticed: **${((100 * killed) / Math.max(1, counted)).toFixed(1)} %** of the ${counted}. The judges are the tests in
\`test/transform\` and two more that need no database; tests of jobs notice more.

${table(['File', 'Changes', 'Noticed', 'Lived', 'Not reached', 'On loading'], files)}

## Those that lived, and why

${groups.map(([why, some]) => `### ${why} (${some.length})\n\n${some.map(line).join('\n')}`).join('\n\n')}
`;
}

const whyOf = ({ path, from, to, outcome }: Judged): string =>
  EXPLAINED.find(([paths, changes]) => paths.test(path) && changes.test(`${from} → ${to}`))?.[2] ??
  (outcome === 'not reached' ? 'No test of values comes by; tests of jobs do' : 'Not explained: a test is missing');

const line = ({ path, line: at, from, to }: Judged): string =>
  `- \`${path}\` ${at}: ${code(from)} → ${to === '' ? 'left out' : code(to)}`;

const code = (text: string): string => {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short.includes('`') ? `\`\` ${short} \`\`` : `\`${short}\``;
};

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

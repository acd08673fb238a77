/** Each mutant of `transform` against the tests that come by it, the quickest first, until one fails. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, type RunnerTask, type RunnerTestCase, TestRunner, test } from 'vitest';
import type { Judged, Outcome } from './mutant-page.ts';

const TESTS = join(import.meta.dirname, '..');
const TRANSFORM = join(TESTS, '../src/transform');
/** Beside the tests of transform itself: those that call it with values and need no database. */
const MORE = ['jobs/layouts/suggest-layout.test.ts', 'layout-examples.test.ts'];
/** This process has one part of the mutants, every so many. */
const [PART = 0, PARTS = 1] = (process.env['MUTANTS_PART'] ?? '0/1').split('/').map(Number);
const ONLY = process.env['MUTANTS_ONLY'] ?? '';
/** For one mutant; what is then untried may notice it or not. */
const MOST_SECONDS = 5;
/** For all of them; the rest is out of time. */
const MOST_MINUTES = 50;

const sources = readdirSync(TRANSFORM, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
for (const path of sources.sort()) await import(/* @vite-ignore */ join(TRANSFORM, path));
const own = readdirSync(join(TESTS, 'transform'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => join('transform', path));
for (const path of [...own.sort(), ...MORE]) await import(/* @vite-ignore */ join(TESTS, path));

/** When nothing is changed: what a test comes by, its milliseconds, and how often its loops go round. */
interface Seen {
  readonly reached: ReadonlySet<number>;
  readonly took: number;
  readonly rounds: number;
}

const seen = new Map<RunnerTestCase, Seen>();

beforeEach(({ task }) => {
  const reached = new Set<number>();
  const began = performance.now();
  mutation.reached = reached;
  mutation.rounds = 0;
  return () => {
    seen.set(task, { reached, took: performance.now() - began, rounds: mutation.rounds });
    mutation.reached = null;
  };
});

const testsIn = (task: RunnerTask): RunnerTestCase[] => (task.type === 'test' ? [task] : task.tasks.flatMap(testsIn));

async function fails(one: RunnerTestCase): Promise<boolean> {
  mutation.rounds = 0;
  mutation.most = 20 * (seen.get(one)?.rounds ?? 0) + 100_000;
  try {
    await TestRunner.getTestFn(one)();
    return false;
  } catch {
    return true;
  }
}

/** What noticed the mutant before this one is asked first: neighbours are mostly noticed by the same test. */
let lastKiller: RunnerTestCase | undefined;

async function judge(number: number, onLoading: boolean, judges: readonly RunnerTestCase[]): Promise<Outcome> {
  const near = judges.filter((one) => seen.get(one)?.reached.has(number));
  if (near.length === 0) return onLoading ? 'on loading' : 'not reached';
  if (lastKiller !== undefined && near.includes(lastKiller)) near.unshift(lastKiller);
  mutation.active = number;
  const began = performance.now();
  try {
    for (const one of near) {
      if (performance.now() - began > 1000 * MOST_SECONDS) return 'out of time';
      if (!(await fails(one))) continue;
      lastKiller = one;
      return 'killed';
    }
  } finally {
    mutation.active = -1;
  }
  return 'lived';
}

test('mutants', { timeout: 3_600_000 }, async ({ task }) => {
  const all = testsIn(task.file).filter((one) => one !== task);
  expect(all.filter(({ result }) => result?.state !== 'pass').map(({ name }) => name)).toEqual([]);
  // A test that does not pass twice cannot judge.
  const judges: RunnerTestCase[] = [];
  for (const one of all) if (!(await fails(one))) judges.push(one);
  judges.sort((a, b) => (seen.get(a)?.took ?? 0) - (seen.get(b)?.took ?? 0));
  console.log(`${judges.length} of ${all.length} tests judge`);
  const judged: Judged[] = [];
  const until = performance.now() + MOST_MINUTES * 60_000;
  for (const [number, { onLoading, ...mutant }] of mutation.mutants.entries()) {
    if (number % PARTS !== PART || !mutant.path.startsWith(ONLY)) continue;
    const outcome = performance.now() > until ? 'out of time' : await judge(number, onLoading, judges);
    judged.push({ ...mutant, outcome });
    if (judged.length % 100 === 0) console.log(`${judged.length} judged, now ${mutant.path}`);
  }
  writeFileSync(join(process.env['MUTANTS_FOLDER'] ?? '', `${PART}.json`), JSON.stringify(judged));
});

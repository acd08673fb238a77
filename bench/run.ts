/** `npm run bench -- <name> [--json] [--size 0.1] [--page]`: one bench as a line, or every bench as a table; with `--page` also docs/benchmarks.md. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brusselsDay, now } from '../src/clock.ts';
import { table } from '../src/commands/print.ts';
import type { Bench, BenchResult } from './bench.ts';
import { benchPage } from './page.ts';

/** Adding a bench is a file beside this one and a line here; loaded when it is asked for, so that a peak counts nothing else. */
const BENCHES: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  beneficiaries: () => import('./beneficiaries.ts'),
  country: () => import('./country.ts'),
  csv: () => import('./csv.ts'),
  import: () => import('./import.ts'),
  notices: () => import('./notices.ts'),
  orders: () => import('./orders.ts'),
  scale: () => import('./scale.ts'),
  'small-files': () => import('./small-files.ts'),
  'two-workers': () => import('./two-workers.ts'),
  xlsx: () => import('./xlsx.ts'),
};

const { values, positionals: names } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    size: { type: 'string', default: '1' },
  },
  allowPositionals: true,
});
const { json, page } = values;
const size = Number(values.size);
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
const [only] = names;

if (unknown.length > 0) {
  console.error(`There is no bench "${unknown[0]}"; there are: ${Object.keys(BENCHES).join(', ')}.`);
  process.exitCode = 2;
} else if (page && names.length > 0) {
  console.error('The page is about every bench: --page goes without names.');
  process.exitCode = 2;
} else if (names.length === 1 && only !== undefined) {
  const result = await BENCHES[only]?.().then(({ bench }) => bench(size));
  if (result !== undefined) {
    console.log(json ? JSON.stringify(result) : lineOf(result));
    process.exitCode = result.met ? 0 : 1;
  }
} else {
  const results = (names.length > 0 ? names : Object.keys(BENCHES)).map(measureApart);
  console.log(json ? JSON.stringify(results.filter((result) => result !== null)) : tableOf(results).join('\n'));
  if (page) {
    const named = Object.keys(BENCHES).map((name, at) => ({ name, result: results[at] ?? null }));
    writeFileSync(join(import.meta.dirname, '../docs/benchmarks.md'), benchPage(named, size, brusselsDay(now())));
  }
  if (results.some((result) => result?.met !== true)) process.exitCode = 1;
}

/** In a process of its own, so that a peak is its own; null when the bench itself failed, which stands on stderr. */
function measureApart(name: string): BenchResult | null {
  const words = [...process.execArgv, import.meta.filename, name, `--size=${size}`, '--json'];
  const child = spawnSync(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  try {
    const result = JSON.parse(child.stdout) as BenchResult;
    console.error(lineOf(result));
    return result;
  } catch {
    console.error(`${name}: ended with ${child.status} and no result`);
    return null;
  }
}

function tableOf(results: readonly (BenchResult | null)[]): string[] {
  const head = ['what', 'size', 'seconds', 'a second', 'ratio', 'peak MB', 'met', 'goal'];
  const rows = results.map((result) => {
    if (result === null) return ['(failed)'];
    const { ratio, met } = result;
    const figures = [result.size, result.seconds, Math.round(result.size / result.seconds)].map(String);
    return [
      result.name,
      ...figures,
      ratio === null ? '-' : String(ratio),
      String(result.peakMegabytes ?? '-'),
      met ? 'yes' : 'no',
      result.goal,
    ];
  });
  return table(head, rows);
}

function lineOf(result: BenchResult): string {
  const { name, size, seconds, referenceSeconds, ratio, peakMegabytes, goal, met } = result;
  const speed = Math.round(size / seconds);
  const peak = peakMegabytes === null ? '' : `, peak ${peakMegabytes} MB`;
  const reference = referenceSeconds === null ? '' : `, ${ratio} times the reference of ${referenceSeconds} s`;
  return `${name}: ${size} in ${seconds} s (${speed}/s${reference})${peak}; goal ${goal}: ${met ? 'met' : 'not met'}`;
}

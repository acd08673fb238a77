/** `npm run bench -- <name> [--json] [--size 0.1]`: one bench, or every bench one after the other. */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Bench, BenchResult } from './bench.ts';

/** Adding a bench is a file beside this one and a line here; loaded when it is asked for, so that a peak counts nothing else. */
const BENCHES: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
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
  options: { json: { type: 'boolean', default: false }, size: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const { json } = values;
const size = Number(values.size);
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
const [only] = names;

if (unknown.length > 0) {
  console.error(`There is no bench "${unknown[0]}"; there are: ${Object.keys(BENCHES).join(', ')}.`);
  process.exitCode = 2;
} else if (names.length === 1 && only !== undefined) {
  const result = await BENCHES[only]?.().then(({ bench }) => bench(size));
  if (result !== undefined) {
    console.log(json ? JSON.stringify(result) : lineOf(result));
    process.exitCode = result.met ? 0 : 1;
  }
} else {
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    try {
      const words = [...process.execArgv, import.meta.filename, name, `--size=${size}`, ...(json ? ['--json'] : [])];
      execFileSync(process.execPath, words, { stdio: 'inherit' });
    } catch {
      process.exitCode = 1;
    }
  }
}

function lineOf(result: BenchResult): string {
  const { name, size, seconds, referenceSeconds, ratio, peakMegabytes, goal, met } = result;
  const speed = Math.round(size / seconds);
  const reference = referenceSeconds === null ? '' : `, ${ratio} times the reference of ${referenceSeconds} s`;
  return `${name}: ${size} in ${seconds} s (${speed}/s${reference}), peak ${peakMegabytes} MB; goal ${goal}: ${met ? 'met' : 'not met'}`;
}

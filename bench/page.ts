/** docs/benchmarks.md: what every bench gave in one run, on which machine, and which goals it did not meet. */
import { cpus, totalmem } from 'node:os';
import { type BenchResult, COUNTRY_SERVER } from './bench.ts';

/** `result` null when the bench itself failed. */
export interface Named {
  readonly name: string;
  readonly result: BenchResult | null;
}

/** In Markdown. `size` is the share of the full size; `day` is the day of the run, `YYYY-MM-DD`. */
export function benchPage(named: readonly Named[], size: number, day: string): string {
  const missed = named.filter(({ result }) => result?.met !== true);
  const part = size === 1 ? '' : ` -- --size=${size}`;
  const sized = size === 1 ? 'in full size' : `with ${size} of every size, as a trial: a ratio says less there`;
  const { model = 'unknown processor' } = cpus()[0] ?? {};
  return `# Benchmarks

Written by \`npm run bench${part === '' ? ' -- --page' : `${part} --page`}\`, last on ${day}, ${sized}.
[bench/README.md](../bench/README.md) says what each bench does and what it is measured against. Seconds depend on the machine; a ratio is the time by that of
the reference in the same run.

- ${cpus().length} × ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB
- Node ${process.versions.node}; the embedded PostgreSQL with \`fsync\` on (\`import\`, \`beneficiaries\`, \`country\`, \`orders\`: ${COUNTRY_SERVER.join(', ')})

| Bench | Size | Seconds | A second | Reference, s | Ratio | Peak, MB | Met | Goal |
|---|---:|---:|---:|---:|---:|---:|---|---|
${named.map(row).join('\n')}

## Not met

${missed.length === 0 ? 'Every goal was met.' : missed.map(({ name, result }) => `- \`${name}\`: ${result === null ? 'the bench failed and gave no figures' : `goal ${result.goal}; it was ${result.seconds} s${result.ratio === null ? '' : `, ratio ${result.ratio}`}${result.peakMegabytes === null ? '' : `, ${result.peakMegabytes} MB`}`}`).join('\n')}
`;
}

function row({ name, result }: Named): string {
  if (result === null) return `| \`${name}\` | | | | | | | **failed** | |`;
  const { size, seconds, referenceSeconds, ratio, peakMegabytes, met, goal } = result;
  const figures = [size, seconds, Math.round(size / seconds), referenceSeconds, ratio, peakMegabytes];
  const cells = figures.map((figure) => (figure === null ? '-' : figure.toLocaleString('en')));
  return `| \`${name}\` | ${cells.join(' | ')} | ${met ? 'yes' : '**no**'} | ${goal.replaceAll('|', '\\|')} |`;
}

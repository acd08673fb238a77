/** `navette run pull`: every drop once, now. */
import { pull } from '../jobs/intake/pull.ts';
import type { App, ExitCode } from './app.ts';
import { jobContext } from './job-context.ts';
import { counted, countsLine } from './print.ts';

const ELSEWHERE = 'not visited: a worker is visiting it now, and takes what is there';

export async function runPullJob(app: App): Promise<ExitCode> {
  const drops = await pull(jobContext(app));
  app.print({
    drops: drops.map(({ drop, down, elsewhere, files }) => ({
      drop,
      down,
      elsewhere,
      files: files.map(({ name, result }) => ({ name, ...result })),
    })),
  });
  for (const { drop, files, down, elsewhere } of drops) {
    const read = elsewhere ? ELSEWHERE : counted(files.length, 'file');
    app.say(`${drop}: ${down === null ? read : `could not be read (${down})`}`);
    for (const { name, result } of files) app.say(`  ${name}: ${result.status}, ${countsLine(result.counts)}`);
  }
  if (drops.length === 0) app.say('No drop is enabled; see config/drops.');
  if (drops.some(({ down, elsewhere }) => elsewhere || down !== null)) return 3;
  const results = drops.flatMap(({ files }) => files.map(({ result }) => result));
  const clean = results.every(
    ({ status, counts }) => status !== 'rejected' && status !== 'held' && counts.rejected === 0,
  );
  return clean ? 0 : 1;
}

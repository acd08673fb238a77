/** Starts the script beside this file, and reads what it says of each file; it needs Debian's python3-pandas, -openpyxl and -psycopg2. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** Debian's packages are seen by Debian's own Python alone. */
export const PYTHON = '/usr/bin/python3';

export interface ScriptFile {
  /** the exception that stopped it; null when it came to its end */
  readonly stopped: string | null;
  readonly loaded: number;
  readonly skipped: number;
  readonly deactivated: number;
}

export interface ScriptRun {
  readonly files: readonly ScriptFile[];
  /** megabytes, of the script's own process */
  readonly peak: number;
  /** of the whole process, with its start */
  readonly seconds: number;
}

/** @throws when it cannot be started or prints no JSON as its last line; a file that stops it is a result */
export async function runScript(
  url: string,
  kind: 'employees' | 'payroll' | 'increments',
  paths: readonly string[],
  { full, today }: { readonly full: boolean; readonly today: string },
): Promise<ScriptRun> {
  const script = join(import.meta.dirname, 'import_files.py');
  const words = [script, '--database', url, '--kind', kind, '--today', today, ...(full ? ['--full'] : []), ...paths];
  const began = performance.now();
  const out = await new Promise<string>((resolve, reject) => {
    execFile(PYTHON, words, (error, stdout, stderr) => {
      // It ends with 1 when a row was skipped or a file stopped it.
      if (error === null || error.code === 1) resolve(stdout);
      else reject(new Error(`The script ended with ${error.code}: ${stderr.slice(-500)}`));
    });
  });
  const seconds = (performance.now() - began) / 1000;
  const last = out.trimEnd().split('\n').at(-1) ?? '';
  return { ...(JSON.parse(last) as Omit<ScriptRun, 'seconds'>), seconds };
}

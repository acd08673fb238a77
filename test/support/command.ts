/** `bin/navette` as a child process, the way a person or a scheduler starts it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = new URL('../..', import.meta.url).pathname;
const start = promisify(execFile);

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command to its end with the variables of `env` over those of the test run. */
export async function runNavette(env: Readonly<Record<string, string>>, ...words: string[]): Promise<Ended> {
  const options = { env: { ...process.env, NAVETTE_CONFIG: join(ROOT, 'config'), ...env }, timeout: 60_000 };
  try {
    const { stdout, stderr } = await start(join(ROOT, 'bin/navette'), words, options);
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

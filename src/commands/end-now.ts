/** Ends a command at once, though the system still owes an answer to a question that was given up. */

/**
 * `process.exit` waits for the threads that ask the file system, which on a dead network mount is for ever; a program put in the
 * place of this one ends them. What was printed is out before.
 */
export async function endNow(code: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
  return process.execve?.('/bin/sh', ['sh', '-c', `exit ${code}`], {}) ?? process.exit(code);
}

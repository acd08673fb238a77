/** The end of a command whose last question to the file system is never answered. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

test('it ends with its code, and all that it printed is out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'navette-end-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const program = `
    import { execFileSync } from 'node:child_process';
    import { open } from 'node:fs/promises';
    import { endNow } from ${JSON.stringify(new URL('../../src/commands/end-now.ts', import.meta.url).href)};
    execFileSync('mkfifo', ['pipe']);
    // Nobody ever writes into it: the thread that opens it waits as for a network mount that is dead.
    void open('pipe');
    process.stdout.write('x'.repeat(1_000_000));
    await endNow(3);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
  afterAll(() => child.kill('SIGKILL'));
  let length = 0;
  child.stdout.on('data', (piece: Buffer) => {
    length += piece.length;
  });
  expect(await once(child, 'close')).toEqual([3, null]);
  expect(length).toBe(1_000_000);
}, 10_000);

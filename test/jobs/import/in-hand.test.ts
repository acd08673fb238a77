/** Which files of a process are in hand side by side, and which one alone. */
import { expect, test } from 'vitest';
import { takeInHand } from '../../../src/jobs/import/in-hand.ts';

test('several are side by side; one that is to be alone waits for them, and those that come later wait for it', async () => {
  const seen: string[] = [];
  const doors = new Map<string, () => void>();
  const take = (name: string, alone: boolean) =>
    takeInHand(alone, async () => {
      seen.push(`${name} begins`);
      await new Promise<void>((resolve) => doors.set(name, resolve));
      seen.push(`${name} ends`);
    });
  const turns = [take('one', false), take('two', false)];
  await expect.poll(() => seen).toEqual(['one begins', 'two begins']);
  turns.push(take('suspect', true), take('three', false));
  doors.get('two')?.();
  await turns[1];
  doors.get('one')?.();
  await expect.poll(() => seen.at(-1)).toBe('suspect begins');
  expect(seen).not.toContain('three begins');
  doors.get('suspect')?.();
  await expect.poll(() => seen.at(-1)).toBe('three begins');
  doors.get('three')?.();
  await Promise.all(turns);
});

test('one that fails keeps nobody waiting', async () => {
  const failing = () => Promise.reject(new Error('poison'));
  const turns = [takeInHand(true, failing), takeInHand(false, failing), takeInHand(false, async () => 'done')];
  expect(await Promise.allSettled(turns)).toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
    { status: 'fulfilled', value: 'done' },
  ]);
});

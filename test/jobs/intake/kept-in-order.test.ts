/** Files of one visit: read one after the other, kept while the next one is read, and enqueued in the order in which they were sent. */
import { expect, test } from 'vitest';
import { newLooks } from '../../../src/jobs/intake/looks.ts';
import { pullDrop } from '../../../src/jobs/intake/pull-drop.ts';
import { openDropHome } from '../../support/drop-home.ts';

test('a file whose row takes long is enqueued before the next one all the same', async () => {
  const home = await openDropHome();
  for (let index = 0; index < 5; index += 1) await home.send(`file-${index}.csv`, home.people(index, 1));
  const enqueued: number[] = [];
  let calls = 0;
  const enqueue = async (_: unknown, id: number) => {
    // The first one waits for many rounds of the loop that reads: the second has long been read by then.
    calls += 1;
    if (calls === 1) for (let turn = 0; turn < 5_000; turn += 1) await new Promise(setImmediate);
    enqueued.push(id);
  };
  const visited = await pullDrop(home.context(), home.drop, { looks: newLooks(), pause: null, enqueue, most: 3 });
  const listed = home.events('file.seen').map(({ fileId }) => fileId);
  expect(enqueued).toEqual(listed.slice(0, 3));
  expect(visited.more).toBe('now');
  expect(listed).toHaveLength(3);
});

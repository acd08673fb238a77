/** Opens drops for a test, and closes them after it. */
import { afterEach } from 'vitest';
import { type DropPlace, type OpenDrop, openDrop } from '../../src/ingest/drops/drop.ts';

/** Call it behind the `afterEach` that ends their server: what is called last is done first. */
export function reachDrops(usual: () => DropPlace) {
  let opened: OpenDrop[] = [];
  afterEach(async () => {
    for (const one of opened) await one.close();
    opened = [];
  });
  return async (limits = {}, at: DropPlace = usual()): Promise<OpenDrop> => {
    const one = await openDrop(at, limits);
    opened.push(one);
    return one;
  };
}

/** All drops, once: the issuer's employers first, then every secretariat side by side, then the bank. */
import { setTimeout as wait } from 'node:timers/promises';
import { now } from '../../clock.ts';
import type { Drop } from '../../config.ts';
import { RetryableError } from '../../errors.ts';
import type { JobContext } from '../context.ts';
import { expirePlans } from '../import/decide-held-plan.ts';
import { type Looks, newLooks } from './looks.ts';
import { clearPassingFiles } from './passing-files.ts';
import { type PulledFile, pullDrop } from './pull-drop.ts';
import { visitTurn } from './visit-turn.ts';
import { tellSeen } from './watch-drop.ts';

export interface PulledDrop {
  readonly drop: string;
  readonly files: readonly PulledFile[];
  /** true when another worker was visiting it all the time: what it takes is told by that one */
  readonly elsewhere: boolean;
  /** why the drop could not be read, null when it was */
  readonly down: string | null;
}

const TURN_SECONDS = 30;

/** `turnSeconds`: how long a drop that another one visits is waited for. One dead server slows only itself: its drop is reported as down, and the others go on. */
export async function pull(
  context: JobContext,
  looks: Looks = newLooks(),
  turnSeconds = TURN_SECONDS,
): Promise<PulledDrop[]> {
  const drops = context.config.drops.filter((drop) => drop.enabled);
  const pulled: PulledDrop[] = [];
  await clearPassingFiles(context.config.storage, now());
  await expirePlans(context);
  for (const group of [
    drops.filter((drop) => drop.secretariat === 'issuer'),
    drops.filter((drop) => drop.secretariat !== 'issuer' && drop.secretariat !== 'bank'),
    drops.filter((drop) => drop.secretariat === 'bank'),
  ]) {
    pulled.push(...(await Promise.all(group.map((drop) => pullOne(context, drop, looks, turnSeconds)))));
  }
  return pulled;
}

/** A timer may fire a little early. */
const pause = (milliseconds: number): Promise<void> => wait(milliseconds + 50);

async function pullOne(context: JobContext, drop: Drop, looks: Looks, turnSeconds: number): Promise<PulledDrop> {
  const visit = { looks, pause, enqueue: null, most: Number.POSITIVE_INFINITY };
  try {
    let visited = null;
    // Another one is visiting it: a person who asks for it now gets what is left after that.
    for (let waited = 0; visited === null && waited <= turnSeconds; waited += 1) {
      if (waited > 0) await wait(1_000);
      visited = await visitTurn(context, drop, () => pullDrop(context, drop, visit));
    }
    // A person who mended what was refused has the workers go on at once.
    if (visited !== null) await tellSeen(context, drop);
    return { drop: drop.id, files: visited?.files ?? [], elsewhere: visited === null, down: null };
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    context.log('drop.down', { drop: drop.id, reason: error.reason });
    return { drop: drop.id, files: [], elsewhere: false, down: error.reason };
  }
}

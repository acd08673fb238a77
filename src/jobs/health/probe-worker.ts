/** What a worker answers to its probes: whether it can take work, and its metrics; both while the database is away. */
import { setTimeout as wait } from 'node:timers/promises';
import { isoMoment } from '../../clock.ts';
import { isReachable } from '../../load/database.ts';
import type { JobContext } from '../context.ts';
import type { Metrics } from './metrics.ts';
import { type Outlook, readOutlook } from './outlook.ts';
import type { Probes } from './serve-health.ts';

/** Longer than this no monitor waits. */
const ANSWER_MILLISECONDS = 4_000;

export interface WorkerProbes extends Probes {
  /** `context` gives the moment; from here on the worker may be ready */
  readonly started: (context: () => JobContext) => void;
  readonly stopping: () => void;
}

export function probeWorker(metrics: Metrics): WorkerProbes {
  let context: (() => JobContext) | null = null;
  let began = '';
  let isStopping = false;
  return {
    started: (given) => {
      context = given;
      began = isoMoment(given().now);
    },
    stopping: () => {
      isStopping = true;
    },
    async faults() {
      if (isStopping) return ['stopping'];
      if (context === null) return ['starting'];
      const answers = await within(isReachable(context().database.db));
      return answers === true ? [] : ['database'];
    },
    async metrics() {
      if (context === null) return { type: metrics.contentType, text: await metrics.page(null) };
      const moment = context();
      const outlook = await within(readOutlook(moment));
      return { type: metrics.contentType, text: await metrics.page(outlook && watched(outlook, moment, began)) };
    },
  };
}

/** A drop whose first visit never ended counts from the moment when this worker began to watch it: else no alarm would miss it. */
function watched(outlook: Outlook, { config }: JobContext, began: string): Outlook {
  const enabled = new Set(config.drops.filter((drop) => drop.enabled).map(({ id }) => id));
  return {
    ...outlook,
    drops: outlook.drops.map((drop) => (enabled.has(drop.id) ? { ...drop, seenAt: drop.seenAt ?? began } : drop)),
  };
}

/** null when it failed or took too long */
async function within<T>(asked: Promise<T>): Promise<T | null> {
  const late = new AbortController();
  try {
    return await Promise.race([
      asked.catch(() => null),
      wait(ANSWER_MILLISECONDS, null, { ref: false, signal: late.signal }),
    ]);
  } finally {
    late.abort();
  }
}

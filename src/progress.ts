/** How far a long piece of work is: one line that is written over on a terminal, a log event every ten seconds otherwise. */
import type { Log, LogFacts } from './log.ts';
import type { LogEvent } from './log-events.ts';

export interface Progress {
  /** `done` so far, of whatever is counted; `share` of the whole from 0 to 1, null when nobody knows the whole */
  readonly advance: (done: number, share: number | null) => void;
  readonly end: () => void;
}

/** `unit` is what is counted, for the eye; `event` says it in the log, with these facts. */
export type OpenProgress = (unit: string, event: LogEvent, facts: LogFacts) => Progress;

const LOG_MILLISECONDS = 10_000;
/** Work that is done by then needs no line, and the eye no more than five a second. */
const FIRST_LINE_MILLISECONDS = 1_000;
const NEXT_LINE_MILLISECONDS = 200;
const CLEAR_LINE = '\r\u001b[K';

/** Tells of work whose whole is known: `more` items were done, one where nothing is said. */
export interface Counting {
  readonly more: (count?: number) => void;
  readonly end: () => void;
}

/** `progress` is left out where nobody asks. */
export function countTo(whole: number, progress: Progress | undefined): Counting {
  let done = 0;
  return {
    more(count = 1) {
      if (count === 0) return;
      done += count;
      progress?.advance(done, whole === 0 ? null : done / whole);
    },
    end: () => progress?.end(),
  };
}

/**
 * `terminal` takes text for a person, null when nobody looks; `now` is milliseconds on any clock. `clear` takes the line away that
 * work left behind which ended with an error.
 */
export function reportProgress(
  log: Log,
  terminal: { write: (text: string) => unknown } | null,
  now: () => number,
): { readonly open: OpenProgress; readonly clear: () => void } {
  let shown = false;
  const clear = (): void => {
    if (shown) terminal?.write(CLEAR_LINE);
    shown = false;
  };
  const open: OpenProgress = (unit, event, facts) => {
    const began = now();
    let next = began + (terminal === null ? LOG_MILLISECONDS : FIRST_LINE_MILLISECONDS);
    return {
      advance(done, share) {
        const at = now();
        if (at < next) return;
        next = at + (terminal === null ? LOG_MILLISECONDS : NEXT_LINE_MILLISECONDS);
        const seconds = (at - began) / 1000;
        const pace = done / seconds;
        const perSecond = pace < 10 ? Math.round(pace * 10) / 10 : Math.round(pace);
        const secondsLeft =
          share === null || share <= 0 ? null : Math.ceil((seconds * (1 - Math.min(share, 1))) / share);
        if (terminal === null) {
          log(event, { ...facts, rows: done, perSecond, ...(secondsLeft === null ? {} : { secondsLeft }) });
          return;
        }
        shown = true;
        const left = secondsLeft === null ? '' : `, about ${duration(secondsLeft)} left`;
        terminal.write(`${CLEAR_LINE}${spaced(done)} ${unit}, ${spaced(perSecond)} a second${left}`);
      },
      end: clear,
    };
  };
  return { open, clear };
}

function spaced(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ');
}

function duration(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

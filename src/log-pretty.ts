/** The log as a person at a terminal reads it: one short line an event. */
import type { DestinationStream } from 'pino';

const COLOURS: Record<string, string> = { warn: '\u001b[33m', error: '\u001b[31m', debug: '\u001b[2m' };
const RESET = '\u001b[0m';
const NOT_FACTS = new Set(['level', 'time', 'service', 'runId', 'event', 'msg']);

/** A stream that takes pino's JSON lines and writes `time event sentence facts` to `target`. */
export function prettyLines(target: DestinationStream): DestinationStream {
  return {
    write(line: string): void {
      const entry = JSON.parse(line) as Record<string, unknown>;
      const facts = Object.entries(entry)
        .filter(([name]) => !NOT_FACTS.has(name))
        .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
      const time = String(entry['time']).slice(11, 19);
      const colour = COLOURS[String(entry['level'])] ?? '';
      const event = String(entry['event']).padEnd(18);
      target.write(
        `${time} ${colour}${event}${colour === '' ? '' : RESET} ${String(entry['msg'])} ${facts.join(' ')}\n`,
      );
    },
  };
}

/** `navette demo`: one month of a small invented world, lived in seconds, and told. */
import type { Command } from 'commander';
import { now } from '../clock.ts';
import { countWorld } from '../load/demo-month.ts';
import type { ExitCode } from './app.ts';
import { liveToTheEnd, liveUntilInvoices } from './demo/live-month.ts';
import { withDemo } from './demo/open-demo.ts';
import { summaryLines } from './demo/print-summary.ts';
import { summariseDemo } from './demo/summary.ts';
import { wrap } from './demo/words.ts';

export function declareDemo(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('demo')
    .description('live one month of a small invented world: files, orders, notices, payments, releases')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: boolean }) => done(await demo(options)));
}

const OPENING = 'One month of a small invented world: 3 social secretariats, 12 employers, about 400 people.';
const ONCE_MORE = 'The same month once more: every sender sends again what it sent before.';

/** Exit 3 when the books do not add up, which only a fault of Navette's own can bring about. */
async function demo(options: { json?: boolean }): Promise<ExitCode> {
  const started = now();
  return withDemo(options, async (app, world) => {
    const again = (await countWorld(app.database.db)).files > 0;
    app.say(again ? ONCE_MORE : OPENING);
    app.say();
    const tell = (day: string, line: string) => {
      for (const [index, part] of wrap(line, 98).entries()) app.say(`${index === 0 ? day : '          '}  ${part}`);
    };
    const month = await liveToTheEnd(app, world, await liveUntilInvoices(app, world, tell), tell);
    const summary = await summariseDemo(app, month, again);
    app.print(summary);
    for (const line of summaryLines(summary)) app.say(line);
    app.say();
    app.say(
      `Done in ${((now() - started) / 1000).toFixed(1)} seconds.${again ? '' : ' Run it again: nothing happens twice.'}`,
    );
    return summary.books.every(({ kept }) => kept) ? 0 : 3;
  });
}

/** The command line: declares the commands, turns what they throw into one clear sentence and an exit code. */
import { Command, CommanderError } from 'commander';
import { COMMANDS } from './commands/commands.ts';
import { exitCodeOf, sentencesOf } from './commands/failures.ts';

/** Under --json whoever reads stderr reads JSON lines, also about a command that could not even be parsed. */
const json = process.argv.includes('--json');
const complain = json
  ? (sentence: string) =>
      process.stderr.write(`${JSON.stringify({ level: 'error', event: 'command.failed', msg: sentence })}\n`)
  : (sentence: string) => process.stderr.write(`navette: ${sentence}\n`);

// Whoever reads only the first lines of a list closes the pipe; that is no fault of the command.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const program = new Command('navette')
  .description('The worker between social secretariats and the order desk of a Belgian issuer of employee vouchers.')
  .showSuggestionAfterError()
  .showHelpAfterError(json ? false : '(navette --help lists the commands)')
  .configureOutput({
    outputError: (text) =>
      complain(
        text
          .replace(/^error: /, '')
          .replace(/\s*\n\s*/g, ' ')
          .trim(),
      ),
  })
  .exitOverride();
for (const declare of COMMANDS) {
  declare(program, (code) => {
    process.exitCode = code;
  });
}
takeExitsFrom(program);

/** Subcommands do not inherit how their parent ends and complains once they are declared. */
function takeExitsFrom(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command).exitOverride();
    takeExitsFrom(child);
  }
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    for (const sentence of sentencesOf(error)) complain(sentence);
    process.exitCode = exitCodeOf(error);
  }
}

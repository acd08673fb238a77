/** The command line: declares the commands, turns what they throw into one clear sentence and an exit code. */
import { Command, CommanderError } from 'commander';
import { COMMANDS } from './commands/commands.ts';
import { exitCodeOf, sentencesOf } from './commands/failures.ts';

const program = new Command('navette')
  .description('The worker between social secretariats and the order desk of a Belgian issuer of employee vouchers.')
  .showSuggestionAfterError()
  .showHelpAfterError('(navette --help lists the commands)')
  .exitOverride();
for (const declare of COMMANDS) {
  declare(program, (code) => {
    process.exitCode = code;
  });
}
for (const command of program.commands) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    for (const sentence of sentencesOf(error)) process.stderr.write(`navette: ${sentence}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

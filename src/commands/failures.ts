/** What a failed command says, and its exit code: one clear sentence a fault, never a stack trace. */
import { ConfigError, FileError, RefusedError, RetryableError } from '../errors.ts';
import type { ExitCode } from './app.ts';

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof ConfigError) return 2;
  if (error instanceof FileError || error instanceof RefusedError) return 1;
  return 3;
}

export function sentencesOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.faults;
  if (error instanceof FileError) return [`The file was refused (${error.code}).`];
  if (error instanceof RefusedError || error instanceof RetryableError) return [error.message];
  // Anything else is a fault of Navette's own. Its text may hold values of a row, so only its kind is shown.
  const { code, name } = error as { code?: unknown; name?: unknown };
  const kind = typeof code === 'string' ? code : String(name ?? 'unknown');
  return [`Something went wrong inside Navette (${kind}). Set LOG_LEVEL=debug for more.`];
}

/** What a failed command says, and its exit code: one clear sentence a fault, never a stack trace. */
import { ConfigError, FileError, RefusedError, RetryableError } from '../errors.ts';
import { isAboutConnection } from '../jobs/connection-errors.ts';
import { reasonOf } from '../load/database.ts';
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
  const { code, name, message } = error as { code?: unknown; name?: unknown; message?: unknown };
  const kind = typeof code === 'string' ? code : String(name ?? 'unknown');
  if (NAMES_NO_VALUES.test(kind)) {
    const todo = Object.entries(WHAT_TO_DO).find(([start]) => kind.startsWith(start))?.[1] ?? '';
    return [`PostgreSQL says: ${String(message)} (${kind}).${todo}`];
  }
  if (isAboutConnection(error)) {
    return [
      `The database cannot be reached (${reasonOf(error)}); what was not committed was rolled back. Run it again later.`,
    ];
  }
  // Anything else is a fault of Navette's own. Its text may hold values of a row, so only its kind is shown.
  return [
    `Something went wrong inside Navette (${kind}); what was not committed was rolled back. Report it with the log.`,
  ];
}

/** SQLSTATEs of rights, room, and the server's own state: their messages name tables, roles and files, never a value of a row. */
const NAMES_NO_VALUES = /^(?:08|28|3D|53|57|58)...$|^(?:25006|42501|42P01|55P03)$/;

const WHAT_TO_DO: Readonly<Record<string, string>> = {
  '25006': ' The server takes no writes: is it a standby?',
  '28': ' Look at the user and password in DATABASE_URL.',
  '42501':
    ' The role of DATABASE_URL lacks a right: is it a member of its role, and was roles.sql run after the last migration?',
  '42P01': ' Run: navette migrate',
  '53100': ' Make room on the disk of the database; what was not committed was rolled back and is tried again.',
  '53300': ' Raise max_connections, or start fewer workers.',
};

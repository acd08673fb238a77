/** Which errors are about the way to the database, and not about what was asked of it. */
import { RetryableError } from '../errors.ts';
import { reasonOf } from '../load/database.ts';

/** SQLSTATE classes: 08 connection, 53 resources (disk full, too many connections), 57P administrator shutdown. */
const SQLSTATES = ['08', '53', '57P'];
const SYSTEM_CODE = /^E[A-Z]+$/;

/** Whether the server went away or is out of means: then the next statement would fail as well, whatever it says. */
export function isAboutConnection(error: unknown): boolean {
  if (error instanceof RetryableError) return true;
  const reason = reasonOf(error);
  if (SYSTEM_CODE.test(reason) || SQLSTATES.some((start) => reason.startsWith(start))) return true;
  return (
    error instanceof Error && /connection (terminated|ended|timeout)|timeout exceeded when trying/i.test(error.message)
  );
}

/** Whether a process that wrote its number down is still the same one: numbers are given again, soon where there are few. */
import { readFileSync } from 'node:fs';

/** The number and, where the system tells it, when the process began: `4711 98765`. */
export function markOfThisProcess(): string {
  return markOf(process.pid);
}

/** False when the number is nobody's, or somebody else's by now; a mark without a beginning is believed. */
export function isStillThere(mark: string): boolean {
  const [number = '', began] = mark.trim().split(' ');
  const pid = Number(number);
  if (!isAlive(pid)) return false;
  const begins = markOf(pid).split(' ')[1];
  return began === undefined || begins === undefined || began === begins;
}

/** Whether the number may be that of a server of PostgreSQL; only where the system tells what runs can it be denied. */
export function mayBePostgres(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const command = readOf(pid, 'cmdline');
  // Empty for a process that has ended and that nobody asked about, as a container's first process never does.
  return command === null || /postgres/.test(command.split('\0')[0] ?? '');
}

function markOf(pid: number): string {
  // The name in brackets may hold anything; the beginning is the twentieth word after it.
  const began = readOf(pid, 'stat')?.split(') ').at(-1)?.split(' ')[19];
  return began === undefined ? String(pid) : `${pid} ${began}`;
}

function readOf(pid: number, what: 'stat' | 'cmdline'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

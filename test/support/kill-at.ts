/**
 * Preloaded into a child with `--import`: names every change of state that it makes, and ends it at one of them. Production code
 * knows nothing of it: it stands at the libraries' own doors (pg, node:fs/promises, ssh2-sftp-client), so that a step that is added
 * later is killed too. Without `CRASH_AT` and `CRASH_TRACE` it changes nothing.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname } from 'node:path';
import pg from 'pg';
import SftpClient from 'ssh2-sftp-client';

type Call = (this: unknown, ...given: unknown[]) => unknown;

const trace = process.env['CRASH_TRACE'];
/** `<point>|<times it was passed before>|before, during or after` */
const [point, passes, mode] = (process.env['CRASH_AT'] ?? '').split('|');
/** Milliseconds from the start, in place of a point. */
const after = process.env['CRASH_AFTER'];
/** The postmaster that dies in place of this process. */
const postmaster = Number(process.env['CRASH_POSTMASTER'] ?? 0);
/** Written at the moment of death: the second run is left in peace. */
const tombstone = process.env['CRASH_TOMBSTONE'] ?? '';

let seen = 0;

function die(): void {
  writeFileSync(tombstone, '');
  if (postmaster === 0) process.kill(process.pid, 'SIGKILL');
  // What `pg_ctl stop -m immediate` sends.
  else process.kill(postmaster, 'SIGQUIT');
  while (postmaster !== 0 && isAlive(postmaster)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A server that has ended and whose parent has not asked for its code yet still answers.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Passes the point `name` around one call. */
function pass(name: string, call: () => unknown): unknown {
  if (after !== undefined && !existsSync(tombstone)) setTimeout(die, Number(after)).unref();
  if (trace !== undefined) appendFileSync(trace, `${name}\n`);
  if (name !== point || existsSync(tombstone) || seen++ < Number(passes)) return call();
  if (mode === 'before') die();
  const result = call();
  if (mode === 'during') die();
  if (mode !== 'after') return result;
  if (result instanceof Promise) {
    return result.then((value: unknown) => {
      die();
      return value;
    });
  }
  // COPY and transfers give a stream at once.
  (result as NodeJS.EventEmitter).once(name.startsWith('sftp') ? 'close' : 'finish', die);
  return result;
}

const CHANGES =
  /\b(insert into|update|delete from|merge into|truncate|copy)\s+("?[a-z_.]+"?)|^\s*(begin|commit|start transaction)\b|\bfor (update)\b/gi;

/** What a statement changes, such as `insert into order_line + update voucher_order`; null for one that only asks. */
function nameOfStatement(text: string): string | null {
  const words = [...text.replace(/--.*$/gm, '').matchAll(CHANGES)].map(([, verb, table, alone, lock]) =>
    lock === undefined ? (alone ?? `${verb} ${table}`) : 'lock',
  );
  const named = [...new Set(words.map((word) => word.toLowerCase().replaceAll('"', '').replace('update set', '')))];
  const changes = named.filter((word) => word.trim() !== '');
  return changes.length === 0 ? null : changes.slice(0, 4).join(' + ');
}

const ENDS = /^\s*(?:commit|rollback)\s*;?\s*$/i;
const BEGINS = /^\s*(?:begin|start transaction)\b/i;

/** A statement inside a transaction is named so: until its commit it makes no difference whether it was made. */
function watchStatements(): void {
  const inTransaction = new WeakSet<object>();
  const prototype = pg.Client.prototype as unknown as { query: Call };
  const query = prototype.query;
  prototype.query = function (this: unknown, ...given: unknown[]) {
    const [first] = given as [string | { text?: string }];
    const text = typeof first === 'string' ? first : (first.text ?? '');
    const changes = nameOfStatement(text);
    const name = inTransaction.has(this as object) && !ENDS.test(text) ? `uncommitted ${changes}` : `sql ${changes}`;
    if (BEGINS.test(text)) inTransaction.add(this as object);
    else if (ENDS.test(text)) inTransaction.delete(this as object);
    // A pool asks with a callback, and the pool alone.
    if (changes === null || given.some((one) => typeof one === 'function')) return query.apply(this, given);
    return pass(name, () => query.apply(this, given));
  };
}

const FILE_CALLS = ['rename', 'link', 'rm', 'unlink', 'copyFile', 'writeFile', 'open'] as const;

function watchFiles(): void {
  const calls = fs as unknown as Record<string, Call>;
  for (const name of FILE_CALLS) {
    const call = calls[name];
    if (call === undefined) continue;
    calls[name] = function (this: unknown, ...given: unknown[]) {
      if (name === 'open' && !/[wa+x]/.test(String(given[1] ?? 'r'))) return call.apply(this, given);
      const path = String(name === 'rename' || name === 'link' ? given[1] : given[0]);
      return pass(`file ${name} ${basename(dirname(path))}/`, () => call.apply(this, given));
    };
  }
  syncBuiltinESMExports();
}

function watchServers(): void {
  const prototype = SftpClient.prototype as unknown as Record<string, Call>;
  for (const name of ['createReadStream', 'createWriteStream', 'rename', 'posixRename', 'delete']) {
    const call = prototype[name];
    if (call === undefined) continue;
    prototype[name] = function (this: unknown, ...given: unknown[]) {
      return pass(`sftp ${name}`, () => call.apply(this, given));
    };
  }
}

if (after !== undefined && !existsSync(tombstone)) setTimeout(die, Number(after)).unref();
if (trace !== undefined || (point !== undefined && point !== '')) {
  watchStatements();
  watchFiles();
  watchServers();
}

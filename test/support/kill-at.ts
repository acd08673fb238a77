/**
 * Preloaded into a child with `--import`: names every change of state that it makes, and ends it at one of them. Production code
 * knows nothing of it: it stands at the libraries' own doors (pg, node:fs/promises, ssh2-sftp-client), so that a step that is added
 * later is killed too. Without `CRASH_…` in the environment it changes nothing.
 */
import { EventEmitter } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
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

/** What no command of Navette ends with: an exception that nobody caught, be it Navette's or this file's. */
const UNCAUGHT = 70;

let seen = 0;

/** Once: the second death would find no server any more. */
function die(): void {
  if (existsSync(tombstone)) return;
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

/** `sql commit` means every commit, whatever it made lasting. */
const isMeant = (name: string): boolean => name === point || (point === 'sql commit' && name.startsWith('sql commit'));

/** Passes the point `name` around one call, which is given what a callback of its own is to do first. */
function pass(name: string, call: (first: (() => void) | null) => unknown): unknown {
  if (trace !== undefined) appendFileSync(trace, `${name}\n`);
  if (!isMeant(name) || existsSync(tombstone) || seen++ < Number(passes)) return call(null);
  if (mode === 'before') die();
  const result = call(mode === 'after' ? die : null);
  if (mode === 'during') die();
  if (mode !== 'after') return result;
  if (result instanceof Promise) {
    return result.then((value: unknown) => {
      die();
      return value;
    });
  }
  // COPY and transfers give a stream at once, a query with a callback gives nothing.
  if (result instanceof EventEmitter) result.once(name.startsWith('sftp') ? 'close' : 'finish', die);
  return result;
}

const CHANGES =
  /\b(insert into|update|delete from|merge into|truncate|copy)\s+("?[a-z_.0-9]+"?)|^\s*(begin|commit|start transaction)\b|\bfor (?:no key )?(update)\b/gi;

/** What a statement changes, such as `insert into order_line` and `update voucher_order`; empty for one that only asks. */
function changesOf(text: string): readonly string[] {
  const words = [...text.replace(/--.*$/gm, '').matchAll(CHANGES)].map(([, verb, table, alone, lock]) =>
    lock === undefined ? (alone ?? `${verb} ${table}`) : 'lock',
  );
  const named = words.map((word) => word.toLowerCase().replaceAll('"', '').replace('update set', '').trim());
  return [...new Set(named)].filter((word) => word !== '' && word !== 'update skip').slice(0, 4);
}

/** The queue says by a state what it does with a job, and takes, keeps alive and ends jobs by statements of one table. */
const stateOf = (text: string): string => {
  const [, state] = /\bset\b[^;]*?\bstate = '(\w+)'/i.exec(text) ?? [];
  return state === undefined || !text.includes('pgboss') ? '' : ` to ${state}`;
};

const ENDS = /^\s*(?:commit|rollback)\s*;?\s*$/i;
const COMMITS = /^\s*commit\b/i;
const BEGINS = /^\s*(?:begin|start transaction)\b/i;
const WRITES = /^(?:insert into|update|delete from|merge into|truncate|copy) (.*)$/;

/** A statement inside a transaction is named so: until its commit it makes no difference whether it was made. */
function watchStatements(): void {
  /** tables that each open transaction has changed so far */
  const written = new WeakMap<object, Set<string>>();
  const prototype = pg.Client.prototype as unknown as { query: Call };
  const query = prototype.query;
  prototype.query = function (this: unknown, ...given: unknown[]) {
    const [first] = given as [string | { text?: string }];
    const text = typeof first === 'string' ? first : (first.text ?? '');
    const changes = changesOf(text);
    const tables = written.get(this as object);
    const what = `${changes.join(' + ')}${stateOf(text)}`;
    const name = COMMITS.test(text)
      ? `sql commit of ${[...(tables ?? [])].sort().join(', ') || 'nothing'}`
      : `${tables === undefined ? 'sql' : 'uncommitted'} ${what}`;
    for (const change of changes) {
      const [, table] = WRITES.exec(change) ?? [];
      if (table !== undefined) tables?.add(table);
    }
    if (BEGINS.test(text)) written.set(this as object, new Set());
    else if (ENDS.test(text)) written.delete(this as object);
    if (changes.length === 0) return query.apply(this, given);
    return pass(name, (before) => {
      // A pool, and with it the queue, asks with a callback.
      const back = given.findLastIndex((one) => typeof one === 'function');
      const answer = given[back] as Call | undefined;
      if (before === null || answer === undefined) return query.apply(this, given);
      return query.apply(
        this,
        given.with(back, function (this: unknown, ...found: unknown[]) {
          before();
          return answer.apply(this, found);
        }),
      );
    });
  };
}

const FILE_CALLS = ['rename', 'link', 'rm', 'unlink', 'copyFile', 'writeFile', 'open'] as const;

/** Folders that are named by the content of what they hold are one place. */
const folderOf = (path: string): string => basename(dirname(path)).replace(/^[0-9a-f]{2}$/, 'storage');

function watchFiles(): void {
  const calls = fs as unknown as Record<string, Call>;
  for (const name of FILE_CALLS) {
    const call = calls[name];
    if (call === undefined) continue;
    calls[name] = function (this: unknown, ...given: unknown[]) {
      if (name === 'open' && !/[wa+x]/.test(String(given[1] ?? 'r'))) return call.apply(this, given);
      const path = String(name === 'rename' || name === 'link' ? given[1] : given[0]);
      return pass(`file ${name} ${folderOf(path)}/`, () => call.apply(this, given));
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
if (tombstone !== '') {
  // Node would end with 1, as a command does that found something wrong.
  process.on('uncaughtExceptionMonitor', (error) => {
    writeSync(2, `${error.stack}\n`);
    process.exit(UNCAUGHT);
  });
}
if (trace !== undefined || (point !== undefined && point !== '')) {
  watchStatements();
  watchFiles();
  watchServers();
}

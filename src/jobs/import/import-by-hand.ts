/** A file given at the command line: the same path as a drop, with what the person said in the place of the drop's settings. */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { brusselsDay, endOfBrusselsDay, isoMoment, now } from '../../clock.ts';
import type { ConfiguredLayout, Drop } from '../../config.ts';
import { ConfigError, RetryableError } from '../../errors.ts';
import { insertHandGiven, listUnfinishedCopies } from '../../load/files/hand-given.ts';
import type { SeenFile } from '../../load/files/ledger.ts';
import { listSecretariats } from '../../load/reference/secretariats.ts';
import type { ImportMode, Scope } from '../../model.ts';
import type { JobContext } from '../context.ts';
import { keepCopy } from '../intake/keep-file.ts';
import { manualDrop } from '../intake/manual-drop.ts';
import { clearPassingFiles } from '../intake/passing-files.ts';
import { returnReceipts } from '../intake/return-receipts.ts';
import { settableKeys } from './fit-layout.ts';
import { type ImportResult, importFile, planFile } from './import-file.ts';
import type { ImportInstruction } from './import-instruction.ts';
import { importKept } from './import-kept.ts';

export interface HandGiven {
  readonly layout: string;
  readonly secretariat: string;
  readonly set: Readonly<Record<string, string>>;
  readonly scope: Scope | null;
  readonly mode: ImportMode | null;
  readonly dryRun: boolean;
}

/**
 * Imports or plans local files one after the other.
 * @throws ConfigError for an unknown layout, secretariat, key or file, before anything is done
 */
export async function importByHand(
  context: JobContext,
  paths: readonly string[],
  given: HandGiven,
): Promise<ImportResult[]> {
  const layout = requireLayout(context, given.layout);
  await requireSecretariat(context, given, layout);
  requireKeys(layout, given.set);
  for (const path of paths) await requireFile(path);
  const drop = dropFor(context, given);
  const instruction: ImportInstruction = {
    layouts: [layout],
    scope: given.scope ?? drop.scope,
    mode: given.mode ?? drop.mode,
    set: { ...drop.set, ...given.set },
    limits: drop.limits,
    dropHash: drop.hash,
    saidWhole: true,
    again: false,
    approved: null,
  };
  const results: ImportResult[] = [];
  await clearPassingFiles(context.config.storage, now());
  for (const path of paths) results.push(await importOne(context, resolve(path), drop, instruction, given));
  if (!given.dryRun) await returnReceipts(context, drop);
  return results;
}

async function importOne(
  context: JobContext,
  path: string,
  drop: Drop,
  instruction: ImportInstruction,
  given: HandGiven,
): Promise<ImportResult> {
  const kept = await keepCopy(context.config.storage, path);
  const { mtimeMs } = await stat(path);
  const latest = endOfBrusselsDay(context.today);
  const seen: SeenFile = {
    dropId: drop.id,
    secretariat: given.secretariat,
    path,
    name: basename(path),
    size: kept.size,
    mtime: isoMoment(Math.min(Math.floor(mtimeMs), latest)),
    receivedAt: isoMoment(brusselsDay(context.now) === context.today ? context.now : latest),
    receivedOn: context.today,
  };
  if (given.dryRun) return planFile(context, { seen, sha256: kept.sha256, storedAt: kept.storedAt }, instruction);
  const { db } = context.database;
  const { mode, set } = instruction;
  const scope = instruction.scope ?? requireLayout(context, given.layout).layout.scope;
  const id = await insertHandGiven(db, seen, kept.sha256, { layoutId: given.layout, scope, mode, set });
  const result = await importFile(context, id, kept.storedAt, instruction);
  for (const copy of await listUnfinishedCopies(db, id)) await finishCopy(context, copy);
  return result;
}

/** A person gives a file again when its first import was killed: the first one then has nothing more to say. */
async function finishCopy(context: JobContext, id: number): Promise<void> {
  try {
    await importKept(context, id);
  } catch (error) {
    // Somebody is at it, or what kept it from being decided is told in the ledger.
    if (!(error instanceof RetryableError)) throw error;
  }
}

function requireLayout(context: JobContext, id: string): ConfiguredLayout {
  const layout = context.config.layouts.get(id);
  if (layout === undefined) {
    const known = [...context.config.layouts.keys()].join(', ');
    throw new ConfigError(`--layout is "${id}"; there is no such layout. Allowed: ${known}.`);
  }
  return layout;
}

async function requireSecretariat(context: JobContext, given: HandGiven, { layout }: ConfiguredLayout): Promise<void> {
  const { secretariat } = given;
  if (layout.kind === 'employers' && secretariat !== 'issuer') {
    throw new ConfigError(
      `--secretariat is "${secretariat}"; layout "${layout.id}" brings employers, which only "issuer" may.`,
    );
  }
  if (layout.kind === 'bank-statement' && secretariat !== 'bank') {
    throw new ConfigError(
      `--secretariat is "${secretariat}"; layout "${layout.id}" brings bank statements, which only "bank" may.`,
    );
  }
  if (secretariat === 'issuer' || (secretariat === 'bank' && layout.kind === 'bank-statement')) return;
  const known = await listSecretariats(context.database.db);
  if (!known.some(({ code }) => code === secretariat)) {
    const codes = [...known.map(({ code }) => code), 'issuer'].join(', ');
    throw new ConfigError(`--secretariat is "${secretariat}"; allowed: ${codes}.`);
  }
}

function requireKeys({ layout }: ConfiguredLayout, set: Readonly<Record<string, string>>): void {
  const allowed = settableKeys(layout);
  const wrong = Object.keys(set).filter((key) => !allowed.includes(key));
  if (wrong.length > 0) {
    const may = allowed.length === 0 ? 'this layout takes none' : `allowed: ${allowed.join(', ')}`;
    throw new ConfigError(wrong.map((key) => `--set ${key}: layout "${layout.id}" has no such value; ${may}.`));
  }
}

async function requireFile(path: string): Promise<void> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new ConfigError(`${path} is not a file.`);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read (${code}).`);
  }
}

/** The drop of that secretariat that lists the layout, or the built-in one for files given by hand. */
function dropFor(context: JobContext, given: HandGiven): Drop {
  const own = context.config.drops.find(
    (drop) => drop.enabled && drop.secretariat === given.secretariat && drop.layouts.includes(given.layout),
  );
  return own ?? manualDrop(context, given.secretariat);
}

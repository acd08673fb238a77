/** Owns the other programs that read and write workbooks in tests: LibreOffice and openpyxl, each run as a program of its own. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const start = promisify(execFile);
const TIME = { timeout: 120_000, maxBuffer: 64 * 1024 * 1024 };
const PYTHON = '/usr/bin/python3';

export interface Peer {
  readonly name: string;
  readonly isThere: boolean;
}

async function answers(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await start(program, [...args], TIME);
    return true;
  } catch {
    return false;
  }
}

async function look(name: string, packageName: string, found: Promise<boolean>): Promise<Peer> {
  const isThere = await found;
  if (!isThere) {
    const sentence = `${name} is not here: its tests prove nothing. Debian has it as ${packageName}.`;
    if (process.env['CI'] !== undefined) throw new Error(sentence);
    process.stderr.write(`${sentence}\n`);
  }
  return { name, isThere };
}

/** Absent is said in one line, and is a failure where everything must be there (CI). */
export const findLibreOffice = (): Promise<Peer> =>
  look('LibreOffice', 'libreoffice-calc-nogui', answers('soffice', ['--version']));
export const findOpenpyxl = (): Promise<Peer> =>
  look('openpyxl', 'python3-openpyxl', answers(PYTHON, ['-c', 'import openpyxl']));

/** Opens a file in LibreOffice and saves it as another format, under the same name in `folder`. @returns its path */
export async function saveWithLibreOffice(path: string, folder: string, format: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  // A profile of its own: two of them at once would wait for each other.
  const profile = await mkdtemp(join(tmpdir(), 'navette-soffice-'));
  try {
    const settings = `-env:UserInstallation=file://${profile}`;
    await start('soffice', [settings, '--headless', '--convert-to', format, '--outdir', folder, path], TIME);
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
  const [extension = ''] = format.split(':');
  return join(folder, `${basename(path).replace(/\.[^.]*$/, '')}.${extension}`);
}

/** Runs a Python program that may import openpyxl; its arguments are `sys.argv[1:]`. @returns what it prints */
export async function runPython(program: string, ...args: readonly string[]): Promise<string> {
  return (await start(PYTHON, ['-c', program, ...args], TIME)).stdout;
}

/** Opens a workbook in openpyxl and saves it at another path. */
export async function saveWithOpenpyxl(path: string, target: string): Promise<void> {
  await runPython('import sys, openpyxl; openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])', path, target);
}

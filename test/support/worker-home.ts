/** A home for real workers: configuration with a drop of signed payroll, a database of its own, and `navette start` as a child. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/load/database.ts';
import { migrateQueue } from '../../src/load/queue.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import { inventBeneficiary, inventEmployer, inventProducts } from './small-world.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const NAVETTE = join(ROOT, 'bin/navette');

export interface WorkerChild {
  readonly child: ChildProcess;
  /** parsed log lines so far */
  readonly lines: () => readonly { readonly event: string; readonly [fact: string]: unknown }[];
  readonly ended: Promise<number | null>;
}

/** How a drop of a test is configured beyond its folders: YAML text, one setting a line. */
export interface WorkerHomeOptions {
  readonly url: string;
  readonly dropYaml?: string;
  readonly paths?: Readonly<Record<'in' | 'out' | 'archive' | 'error', string>>;
  /** cron expressions in place of the shipped ones */
  readonly schedule?: Readonly<Record<string, string>>;
}

export async function openWorkerHome({ url, dropYaml = 'kind: folder', paths, schedule = {} }: WorkerHomeOptions) {
  const home = await mkdtemp(join(tmpdir(), 'navette-worker-'));
  afterAll(() => rm(home, { recursive: true, force: true }));
  const config = join(home, 'config');
  await cp(join(ROOT, 'config'), config, { recursive: true });
  const folders = paths ?? { in: 'drop/in', out: 'drop/out', archive: 'drop/archive', error: 'drop/error' };
  for (const folder of ['in', 'out', 'archive', 'error']) await mkdir(join(home, 'drop', folder), { recursive: true });
  const settings = await readFile(join(config, 'navette.yaml'), 'utf8');
  const expressions = Object.entries({ pull: '* * * * * *', ...schedule });
  const changed = expressions.reduce(
    (text, [job, expression]) => text.replace(new RegExp(`^  ${job}: .*`, 'm'), `  ${job}: "${expression}"`),
    settings,
  );
  await writeFile(join(config, 'navette.yaml'), changed);
  await writeFile(
    join(config, 'drops', 'signed.yaml'),
    [
      'id: signed',
      'secretariat: alpha',
      `paths: ${JSON.stringify(folders)}`,
      'settled: rename',
      'layouts: [payroll-fixed-signed]',
      dropYaml,
      '',
    ].join('\n'),
  );
  const environment = { DATABASE_URL: url, NAVETTE_HOME: home, NAVETTE_CONFIG: config };
  const database = await openDatabase(url, () => undefined);
  afterAll(() => database.close());
  await migrateQueue(url);
  await syncReference(database.db, loadConfig(readEnvironment(environment)));
  await inventProducts(database.db);
  const employer = await inventEmployer(database.db, { standingOrders: [{}] });
  await sql`insert into mandate (enterprise_number, secretariat_code, valid_from) values (${employer}, 'alpha', '2020-01-01')`.execute(
    database.db,
  );
  const person = await inventBeneficiary(database.db, employer, { products: [{ code: 'meal', faceValue: 800 }] });
  const children: WorkerChild[] = [];
  afterAll(async () => {
    for (const { child } of children) child.kill('SIGKILL');
    await Promise.all(children.map(({ ended }) => ended));
  });

  return {
    home,
    url,
    environment,
    db: database.db,
    employer,
    person,
    /** Its final name appears at once. */
    async giveFile(name: string, text: string): Promise<void> {
      const folder = join(home, 'drop', 'in');
      await writeFile(join(folder, `.${name}`), text);
      await rename(join(folder, `.${name}`), join(folder, name));
    },
    /** A file that grants the person one voucher more. */
    async grantOne(sequence: number): Promise<void> {
      await this.giveFile(`grant-${String(sequence).padStart(5, '0')}.txt`, this.grantText(sequence));
    },
    grantText(sequence: number): string {
      return [
        `000NAVPTG${String(sequence).padStart(5, '0')}20261205`,
        '003202611',
        `006${employer}${person.nrn}`,
        '009meal    +0000100800',
        '9990000004',
        '',
      ].join('\n');
    },
    /** `within` is a command that starts others, such as one that changes the network. */
    start(more: Readonly<Record<string, string>> = {}, within: readonly string[] = []): WorkerChild {
      const [program = NAVETTE, ...words] = [...within, NAVETTE, 'start'];
      const child = spawn(program, words, {
        env: { ...process.env, ...environment, LOG_FORMAT: 'json', LOG_LEVEL: 'debug', ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let text = '';
      child.stdout?.on('data', (piece: Buffer) => {
        text += piece;
      });
      child.stderr?.on('data', (piece: Buffer) => {
        text += `${JSON.stringify({ event: 'stderr', text: piece.toString() })}\n`;
      });
      const worker: WorkerChild = {
        child,
        lines: () =>
          text
            .split('\n')
            .slice(0, -1)
            .filter((line) => line.startsWith('{'))
            .map((line) => JSON.parse(line)),
        ended: once(child, 'exit').then(([code]) => code as number | null),
      };
      children.push(worker);
      return worker;
    },
    granted: async (): Promise<number> => {
      const found = await sql<{ sum: number }>`
        select coalesce(sum(quantity), 0)::int as sum from entitlement where beneficiary_id = ${person.id}`.execute(
        database.db,
      );
      return found.rows[0]?.sum ?? -1;
    },
    statuses: async (): Promise<Record<string, number>> => {
      const found = await sql<{ status: string; files: number }>`
        select status, count(*)::int as files from drop_file group by 1`.execute(database.db);
      return Object.fromEntries(found.rows.map(({ status, files }) => [status, files]));
    },
    jobsLeft: async (): Promise<number> => {
      const found = await sql<{ jobs: number }>`
        select count(*)::int as jobs from pgboss.job where name = 'import' and state <> 'completed'`.execute(
        database.db,
      );
      return found.rows[0]?.jobs ?? -1;
    },
    names: (folder: 'in' | 'out' | 'archive' | 'error') => readdir(join(home, 'drop', folder)),
  };
}

/** Asks until it is so; what never comes true ends the test with what was there last. */
export async function until<T>(ask: () => Promise<T> | T, isSo: (answer: T) => boolean, seconds = 60): Promise<T> {
  const tries = seconds * 10;
  for (let tried = 0; ; tried += 1) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    if (tried >= tries) throw new Error(`after ${seconds} s it still is ${JSON.stringify(answer)}`);
    await wait(100);
  }
}

/** A drop with a sender behind it, an employer and people, for tests of what becomes of files that come in. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll } from 'vitest';
import type { Drop } from '../../src/config.ts';
import type { JobContext } from '../../src/jobs/context.ts';
import { importByHand } from '../../src/jobs/import/import-by-hand.ts';
import { newLooks } from '../../src/jobs/intake/looks.ts';
import { pullDrop, type Visited } from '../../src/jobs/intake/pull-drop.ts';
import { folderPlace, type TestPlace } from './drop-places.ts';
import { employerLine, employersJsonl } from './employer-lines.ts';
import { openWorkplace } from './job-context.ts';
import { inventEnterpriseNumber } from './people.ts';
import { type PortalRow, portalCsv, portalRow } from './portal-rows.ts';

const DAY = '2026-12-01';

/** The log line of an event, parsed. */
export type Line = { readonly event: string; readonly [fact: string]: unknown };

export async function openDropHome(start: () => Promise<TestPlace> = folderPlace, change: Partial<Drop> = {}) {
  const work = await openWorkplace();
  const place = await start();
  afterAll(() => place.stop());
  const employer = inventEnterpriseNumber(6_100_001);
  const { sftp } = place.drop;
  const drop: Drop = {
    id: 'drop',
    enabled: true,
    secretariat: 'alpha',
    kind: place.drop.kind,
    sftp:
      sftp === undefined
        ? null
        : { ...sftp, password: sftp.password ?? null, privateKey: sftp.privateKey ?? null, hostKeys: sftp.hostKeys },
    paths: place.drop.paths,
    settled: 'rename',
    layouts: ['beneficiaries-portal', 'payroll-generic'],
    limits: work.on(DAY).config.navette.limits,
    scope: null,
    mode: 'upsert',
    set: { enterpriseNumber: employer },
    hash: 'drop',
    ...change,
  };
  const context = (day = DAY): JobContext => {
    const given = work.on(day);
    return { ...given, config: { ...given.config, drops: [drop] } };
  };
  const employers = join(work.home, 'employers.jsonl');
  await writeFile(employers, employersJsonl([employerLine(employer)]));
  const byHand = { layout: 'employers', secretariat: 'issuer', set: {}, scope: null, mode: null, dryRun: false };
  await importByHand(work.on(DAY), [employers], byHand);
  const { db } = context().database;
  const time = { milliseconds: 0 };
  const looks = newLooks(() => time.milliseconds);

  return {
    ...work,
    place,
    drop,
    db,
    employer,
    context,
    visit: (day = DAY, changed: Partial<Drop> = {}): Promise<Visited> => {
      const given = context(day);
      const configured = { ...drop, ...changed };
      const moment = { ...given, config: { ...given.config, drops: [configured] } };
      return pullDrop(moment, configured, { looks, pause: null, enqueue: null, most: 1000 });
    },
    /** The sender writes a file under a temporary name and gives it its own. */
    async send(name: string, bytes: string | Buffer, folder: 'in' | 'archive' = 'in'): Promise<string> {
      const path = join(place.root, folder, name);
      await writeFile(`${path}.part`, bytes);
      await place.own(`${path}.part`);
      await rename(`${path}.part`, path);
      return path;
    },
    people: (from: number, count: number, changes: PortalRow = {}): string =>
      portalCsv(Array.from({ length: count }, (_, index) => portalRow(from + index, changes))),
    active: async (): Promise<number> => {
      const found = await sql<{ people: number }>`
        select count(*)::int as people from beneficiary where enterprise_number = ${employer} and status = 'active'`.execute(
        db,
      );
      return found.rows[0]?.people ?? -1;
    },
    ledger: async (): Promise<{ name: string; status: string; archived: string | null; codes: string[] }[]> => {
      const found = await sql<{ name: string; status: string; archived: string | null; codes: string[] }>`
        select name, status, archived_as as archived,
               array(select code from row_issue i where i.file_id = f.id order by code) as codes
          from drop_file f where drop_id = 'drop' order by id`.execute(db);
      return found.rows;
    },
    /** so much later the next listing begins */
    pass: (seconds: number): void => {
      time.milliseconds += seconds * 1000;
    },
    /** the drop may be visited now, as if its pause were over */
    rested: () => sql`update drop_visit set not_before = null, seen_at = seen_at - interval '1 minute'`.execute(db),
    /** what is left for later is due now */
    due: () => sql`update drop_file set not_before = null where drop_id = 'drop'`.execute(db),
    events: (event: string): Line[] =>
      work
        .logLines()
        .map((line) => JSON.parse(line) as Line)
        .filter((line) => line.event === event),
  };
}

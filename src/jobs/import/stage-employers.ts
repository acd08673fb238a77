/** Brings the lines of an employers file into their stage: each checked whole, a bad one kept as a rejected row. */
import { hash } from 'node:crypto';
import { readJsonl } from '../../ingest/text/read-jsonl.ts';
import { type CopyValue, copyRows } from '../../load/copy-rows.ts';
import type { Session } from '../../load/database.ts';
import { createEmployerStage, EMPLOYER_STAGE, EMPLOYER_STAGE_COLUMNS } from '../../load/reference/apply-employers.ts';
import { parseEmployerLine } from '../../transform/employers/employer-line.ts';
import { issuesJson, type StagedFile } from './stage-rows.ts';

/** `products` are the codes that exist. */
export async function stageEmployers(session: Session, path: string, products: readonly string[]): Promise<StagedFile> {
  const opened = await readJsonl(path);
  async function* batches(): AsyncGenerator<CopyValue[][]> {
    for await (const rows of opened.rows) {
      yield rows.map(({ rowNumber, value, broken }) => {
        if (broken) {
          const issues = [
            { columnName: null, code: 'row.format', severity: 'error', params: { accepted: 'JSON' } },
          ] as const;
          return [rowNumber, true, issuesJson(issues), null, null, null];
        }
        const { employer, issues } = parseEmployerLine(value, products);
        const line = employer === null ? null : JSON.stringify(employer);
        const fingerprint = line === null ? null : hash('md5', line);
        return [
          rowNumber,
          employer === null,
          issuesJson(issues),
          employer?.enterpriseNumber ?? null,
          line,
          fingerprint,
        ];
      });
    }
  }
  await createEmployerStage(session);
  await copyRows(session, EMPLOYER_STAGE, EMPLOYER_STAGE_COLUMNS, batches());
  const { dataRows, warnings, lastLineComplete } = opened.outcome();
  return { rows: dataRows, warnings, lastLineComplete, proven: false };
}

/** The receipt of one delivery: what its sender gets back, rebuilt from the ledger, the same bytes every time. */
import type { StoredIssue } from '../../load/files/ledger.ts';
import type { OutgoingFile } from '../../load/files/outgoing.ts';
import type { DropFile } from '../../load/tables.ts';
import type { Messages } from '../../messages.ts';
import type { FileCounts, Language } from '../../model.ts';
import { tellIssue } from '../import/issue-text.ts';

/** In the order in which people read them; a database gives them back in another. */
export const NO_COUNTS: FileCounts = {
  read: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  reactivated: 0,
  rejected: 0,
  duplicateInFile: 0,
  deactivated: 0,
};

/** What the sender is told of a file's state: that it was moved to the archive is not their concern. */
export function toldStatus(status: DropFile['status']): string {
  return status === 'archived' ? 'applied' : status;
}

export function buildReceipt(
  outgoing: OutgoingFile,
  file: DropFile,
  issues: readonly StoredIssue[],
  messages: Messages,
  language: Language,
): Buffer {
  const receipt = {
    file: file.name,
    sha256: file.sha256,
    receivedAt: file.received_at,
    status: toldStatus(outgoing.toldStatus),
    asOf: outgoing.toldAsOf,
    counts: { ...NO_COUNTS, ...outgoing.toldCounts },
    issues: issues.map((issue) => tellIssue(issue, messages, language, file.sender_columns)),
    rejectsFile: outgoing.rejectsName,
  };
  return Buffer.from(`${JSON.stringify(receipt, null, 2)}\n`);
}

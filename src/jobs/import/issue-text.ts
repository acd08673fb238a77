/** Issues as their reader sees them: one sentence in the secretariat's language that names the column as the sender knows it. */
import type { StoredIssue } from '../../load/files/ledger.ts';
import type { LanguageMessages, Messages } from '../../messages.ts';
import type { IssueCode, Language, Severity } from '../../model.ts';
import { renderSentence } from '../../transform/values/message-text.ts';

export interface ToldIssue {
  readonly row: number | null;
  readonly column: string | null;
  readonly code: IssueCode;
  readonly severity: Severity;
  readonly message: string;
}

type SenderColumn = {
  readonly by: 'header' | 'letter' | 'positions' | 'field';
  readonly [key: string]: string | number;
};

/** `senderColumns` is what the ledger keeps of the columns that were found in this file. */
export function tellIssue(
  issue: StoredIssue,
  messages: Messages,
  language: Language,
  senderColumns: Readonly<Record<string, unknown>>,
): ToldIssue {
  const texts = messages[language];
  const column =
    issue.columnName === null
      ? unknownColumnWords(issue, texts, language)
      : columnWords(issue.columnName, texts, language, senderColumns);
  return {
    row: issue.rowNumber,
    column: issue.columnName,
    code: issue.code,
    severity: issue.severity,
    message: renderSentence(sentenceOf(issue, texts), { column, ...issue.params }, language),
  };
}

/** Of a file that cannot be read, what it is or what is wrong with it, and how to send it instead, where that is known. */
function sentenceOf({ code, params }: StoredIssue, texts: LanguageMessages): string {
  const formats: Readonly<Record<string, string>> = texts.formats;
  return (
    (code === 'file.format' ? formats[params['found'] ?? params['reason'] ?? ''] : undefined) ?? texts.issues[code]
  );
}

/** A column that means no field has nothing but its letter. */
function unknownColumnWords({ params }: StoredIssue, texts: LanguageMessages, language: Language): string | undefined {
  return params['letter'] === undefined ? undefined : renderSentence(texts.column.letter, params, language);
}

function columnWords(
  field: string,
  texts: LanguageMessages,
  language: Language,
  senderColumns: Readonly<Record<string, unknown>>,
): string {
  const known = (senderColumns[field] as SenderColumn | undefined) ?? { by: 'field' };
  const name = (texts.fields as Readonly<Record<string, string>>)[field] ?? field;
  return renderSentence(texts.column[known.by], { ...known, field: name }, language);
}

/** The texts that ship: complete, with no placeholder that nobody fills, and in the habits of each language. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError } from '../src/errors.ts';
import { type LanguageMessages, loadMessages } from '../src/messages.ts';
import { ISSUE_CODES, LANGUAGES } from '../src/model.ts';
import { HOLDING_WARNINGS, INFORMATIONAL_WARNINGS } from '../src/transform/orders/order-warnings.ts';
import { placeholdersOf, renderSentence } from '../src/transform/values/message-text.ts';

const SHIPPED = join(import.meta.dirname, '../config/messages');
const messages = loadMessages(SHIPPED);
const sentencesOf = (texts: LanguageMessages) => ({ ...texts.issues, ...texts.warnings });

/** Parameters by code, as the comment at the top of en.yaml lists them. */
const documented = new Map(
  [...readFileSync(join(SHIPPED, 'en.yaml'), 'utf8').matchAll(/^# {3}([a-z.-]+)(?: +(.*))?$/gm)].map(
    ([, code = '', list = '']): [string, string[]] => [code, list.replace(/\([^)]*\)/g, '').match(/\w+/g) ?? []],
  ),
);

test('the comment lists every code, and only codes', () => {
  const codes = [...ISSUE_CODES, ...HOLDING_WARNINGS, ...INFORMATIONAL_WARNINGS];
  expect([...documented.keys()].sort()).toEqual([...codes].sort());
});

describe.each(LANGUAGES)('%s', (language) => {
  const texts = messages[language];

  test('has a sentence for every issue code', () => {
    for (const code of ISSUE_CODES) expect(texts.issues[code], code).toMatch(/\S.*\.$/);
  });

  test('uses documented placeholders only, the same as English', () => {
    for (const [code, sentence] of Object.entries(sentencesOf(texts))) {
      const used = placeholdersOf(sentence);
      expect([...(documented.get(code) ?? []), 'column'], code).toEqual(expect.arrayContaining(used));
      const english = sentencesOf(messages.en)[code as keyof typeof messages.en.issues];
      expect([...used].sort(), code).toEqual([...placeholdersOf(english)].sort());
    }
  });

  test('reads well with no parameter at all, and leaves nothing unfilled with all of them', () => {
    for (const [code, sentence] of Object.entries(sentencesOf(texts))) {
      const bare = renderSentence(sentence, {}, language);
      expect(bare, code).toMatch(/^\p{Lu}[^{}[\]]*[^\s:;,(]\.$/u);
      expect(bare, code).not.toMatch(/ [.,)]|\( |[:;,] ?[.;,:]|\(\)/);
      const all = Object.fromEntries((documented.get(code) ?? []).map((name) => [name, VALUES[name] ?? 7]));
      const full = renderSentence(sentence, { ...all, column: 'Column H' }, language);
      expect(full, code).not.toMatch(/[{}[\]]/);
    }
  });

  test('says what is accepted and where', () => {
    const params = { column: 'Colonne H', accepted: 'DD/MM/YYYY, YYYY-MM-DD' };
    const sentence = renderSentence(texts.issues['date.invalid'], params, language);
    expect(sentence).toContain('Colonne H');
    expect(sentence).toMatch(/(DD|JJ|TT)\/MM\/(YYYY|JJJJ|AAAA)/);
    const limit = renderSentence(texts.issues['limit.exceeded'], { column: 'Colonne AH', limit: 1000 }, language);
    expect(limit).toMatch(/10[.,]00/);
  });
});

const VALUES: Readonly<Record<string, string>> = { expiresOn: '2026-12-01', dueOn: '2026-12-01' };

test('French keeps its double punctuation on the line', () => {
  const text = readFileSync(join(SHIPPED, 'fr.yaml'), 'utf8');
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  for (const line of lines) {
    expect(line).not.toMatch(/ [:;?!»%]|« /);
    expect(line.replace(/^ *[\w.-]+:(?= |$)/, '').replace(/\{[^}]*\}|#REF!/g, '')).not.toMatch(/[^\u00a0][:;?!](?!\S)/);
  }
});

describe('a folder with faults', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'navette-messages-'));
    cpSync(SHIPPED, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const faultsOf = (): readonly string[] => {
    try {
      loadMessages(folder);
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.faults;
      throw error;
    }
  };
  const edit = (language: string, from: string | RegExp, to: string) => {
    const path = join(folder, `${language}.yaml`);
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  };

  test('names the file and every missing key, in all languages at once', () => {
    edit('nl', /^ {2}file\.empty:.*\n/m, '');
    edit('nl', /^ {4}iban:.*\n/m, '');
    edit('de', /^ {2}birthDate:.*\n/m, '');
    edit('de', /^ {2}first-order:.*\n/m, '');
    const faults = faultsOf();
    expect(faults).toHaveLength(4);
    expect(faults[0]).toMatch(/nl\.yaml:\d+:\d+: "issues\.file\.empty" is missing/);
    expect(faults[1]).toMatch(/nl\.yaml:\d+:\d+: "notice\.labels\.iban" is missing/);
    expect(faults[2]).toMatch(/de\.yaml:\d+:\d+: "fields\.birthDate" is missing/);
    expect(faults[3]).toMatch(/de\.yaml:\d+:\d+: "warnings\.first-order" is missing/);
  });

  test('refuses a key that does not exist', () => {
    edit('fr', '  closing:', '  closnig: x\n  closing:');
    expect(faultsOf()).toEqual([expect.stringContaining('"notice.closnig" is not a setting')]);
  });

  test('names a language that is not there', () => {
    rmSync(join(folder, 'en.yaml'));
    expect(faultsOf()).toEqual([expect.stringMatching(/en\.yaml: this file does not exist/)]);
  });
});

/** What an operator is told about a failure that is not Navette's own: enough to act, and never a value of a row. */
import { expect, test } from 'vitest';
import { sentencesOf } from '../../src/commands/failures.ts';

const failure = (code: string, message: string) => Object.assign(new Error(message), { code });

test("PostgreSQL's own sentence about rights and room is told, with what to do", () => {
  expect(sentencesOf(failure('42501', 'permission denied for table carry'))).toEqual([
    expect.stringMatching(/^PostgreSQL says: permission denied for table carry \(42501\)\. .*roles\.sql/),
  ]);
  expect(sentencesOf(failure('53100', 'could not extend file'))).toEqual([
    expect.stringMatching(/disk of the database/),
  ]);
});

test('a sentence that may quote a row is not told, its code is', () => {
  for (const code of ['23505', '22P02', '23514']) {
    const [sentence = ''] = sentencesOf(failure(code, 'Key (email)=(anna@example.be) already exists'));
    expect(sentence).toContain(code);
    expect(sentence).not.toContain('anna');
    expect(sentence).not.toContain('debug');
  }
});

test('a database that goes away is no fault inside Navette', () => {
  for (const lost of [
    failure('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.7:5432'),
    new Error('Connection terminated'),
  ]) {
    const [sentence = ''] = sentencesOf(lost);
    expect(sentence).toMatch(/^The database cannot be reached \(.+\); .*Run it again later\.$/);
    expect(sentence).not.toContain('10.0.0.7');
  }
});

/** QR codes read back by another program, zbarimg, to the exact text of the payment. */
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { qrImage } from '../../../src/load/notices/qr-image.ts';
import { epcPaymentText } from '../../../src/transform/notices/epc-payment.ts';
import { makeStructuredCommunication } from '../../../src/transform/values/structured-communication.ts';

const READ: ExecFileSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  maxBuffer: 2 ** 24,
  stdio: ['ignore', 'pipe', 'ignore'],
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'navette-qr-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The text of each image, in order. */
function readCodes(images: readonly Buffer[]): string[] {
  const paths = images.map((image, index) => {
    const path = join(folder, `${String(index).padStart(4, '0')}.png`);
    writeFileSync(path, image);
    return path;
  });
  const xml = execFileSync('zbarimg', ['--quiet', '--nodbus', '--xml', ...paths], READ);
  return [...xml.matchAll(/<symbol type='QR-Code'[^>]*><data>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?<\/data>/gs)].map(
    ([, text = '']) => text,
  );
}

const payments = fc.record({
  name: fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }).map((text) => `x${text}`),
    fc.constantFrom('Navette Vouchers', 'Société Générale des Chèques-repas & Écochèques de Belgique'),
  ),
  iban: fc.stringMatching(/^BE[0-9]{14}$/),
  bic: fc.constantFrom('GKCCBEBB', 'KREDBEBBXXX'),
  amount: fc.integer({ min: 1, max: 99_999_999_999 }),
  structuredCommunication: fc.integer({ min: 0, max: 9_999_999_999 }).map(makeStructuredCommunication),
});

test('200 invoices: another reader reads exactly what the payment says', () => {
  const texts = fc.sample(payments, { numRuns: 200, seed: 69 }).map(epcPaymentText);
  expect(readCodes(texts.map(qrImage))).toEqual(texts);
});

test('the same text gives the same bytes, and a small image', () => {
  const text = epcPaymentText({
    name: 'Navette Vouchers',
    iban: 'BE68539007547034',
    bic: 'GKCCBEBB',
    amount: 16_581,
    structuredCommunication: '123456789002',
  });
  expect(qrImage(text).equals(qrImage(text))).toBe(true);
  expect(qrImage(text).length).toBeLessThan(2000);
});

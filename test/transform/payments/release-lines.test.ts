/** The release file: one line a person and face value, always the same bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReleasedCard, type ReleasedLine, releaseFile } from '../../../src/transform/payments/release-lines.ts';

const HEADER = 'orderId;nationalRegisterNumber;cardAction;product;validFrom;validTo;faceValueCents;quantity';
const ANN = '00000100166';
const BOB = '85073003328';
const order = { orderId: 12, product: 'meal', validFrom: '2026-12-04', validTo: '2027-12-03' };

function line(nationalRegisterNumber: string, faceValue: number, quantity: number): ReleasedLine {
  return { nationalRegisterNumber, faceValue, quantity };
}

describe('the release file', () => {
  it('adds up periods, keeps signs, leaves out zeros and puts the card on the first line', () => {
    const lines = [
      line(BOB, 1000, 20),
      line(BOB, 800, -2),
      line(BOB, 1000, 1),
      line(ANN, 800, 5),
      line(ANN, 900, 3),
      line(ANN, 900, -3),
    ];
    const cards: ReleasedCard[] = [{ nationalRegisterNumber: BOB, action: 'new' }];
    expect(releaseFile({ ...order, lines, cards })).toEqual({
      lines: 3,
      text: [
        HEADER,
        `12;${ANN};none;meal;2026-12-04;2027-12-03;800;5`,
        `12;${BOB};new;meal;2026-12-04;2027-12-03;800;-2`,
        `12;${BOB};none;meal;2026-12-04;2027-12-03;1000;21`,
        '',
      ].join('\n'),
    });
  });

  it('does not lose a card without vouchers', () => {
    const cards: ReleasedCard[] = [
      { nationalRegisterNumber: BOB, action: 'renewal' },
      { nationalRegisterNumber: ANN, action: 'replacement' },
    ];
    const lines = [line(BOB, 800, 1), line(BOB, 800, -1)];
    expect(releaseFile({ ...order, lines, cards }).text).toBe(
      [
        HEADER,
        `12;${ANN};replacement;meal;2026-12-04;2027-12-03;;0`,
        `12;${BOB};renewal;meal;2026-12-04;2027-12-03;;0`,
        '',
      ].join('\n'),
    );
  });

  it('of nothing is its header', () => {
    expect(releaseFile({ ...order, lines: [], cards: [] })).toEqual({ text: `${HEADER}\n`, lines: 0 });
  });

  it('has the same bytes in whatever order its lines come, and loses no voucher', () => {
    const someLine = fc.record({
      nationalRegisterNumber: fc.constantFrom(ANN, BOB, '17073003384'),
      faceValue: fc.constantFrom(800, 900, 1000),
      quantity: fc.integer({ min: -30, max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(someLine), fc.subarray([ANN, BOB]), (lines, holders) => {
        const cards = holders.map((nationalRegisterNumber) => ({ nationalRegisterNumber, action: 'new' as const }));
        const file = releaseFile({ ...order, lines, cards });
        expect(releaseFile({ ...order, lines: lines.toReversed(), cards: cards.toReversed() })).toEqual(file);
        const rows = file.text.trimEnd().split('\n').slice(1);
        const fields = rows.map((row) => row.split(';'));
        expect(fields.length).toBe(file.lines);
        const written = fields.reduce((sum, row) => sum + Number(row[6]) * Number(row[7]), 0);
        expect(written).toBe(lines.reduce((sum, { faceValue, quantity }) => sum + faceValue * quantity, 0));
        expect(fields.filter((row) => row[2] === 'new').length).toBe(holders.length);
      }),
    );
  });
});

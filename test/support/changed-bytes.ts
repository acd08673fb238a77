/** What happens to bytes on their way: changed, lost, doubled, cut. */

import fc from 'fast-check';

/** What means something in a file of some format. */
const SIGNS = [
  '0',
  '1',
  '9',
  '99',
  ';',
  '"',
  '\n',
  '<',
  '</c>',
  '<v>',
  '<c>',
  '&#48;',
  'A1',
  ' r="9"',
  ' t="s"',
  ' t="n"',
  '009',
  '006',
];

/** What happens to bytes on their way: changed, lost, doubled, cut. */
export const mutation = fc.record({
  kind: fc.constantFrom('change', 'lose', 'double', 'cut', 'insert'),
  // Not a double: of those that there are from 0 to 1 nearly all stand next to 0.
  at: fc.integer({ min: 0, max: 9_999 }).map((part) => part / 10_000),
  length: fc.integer({ min: 1, max: 40 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 6 }),
    fc.constantFrom(...SIGNS).map((sign): Uint8Array => Buffer.from(sign)),
  ),
});
export const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
type Mutation = typeof mutation extends fc.Arbitrary<infer One> ? One : never;

export function mutate(original: Buffer, changes: readonly Mutation[]): Buffer {
  return changes.reduce((bytes, { kind, at, length, bytes: added }) => {
    const from = Math.floor(at * bytes.length);
    const piece = bytes.subarray(from, from + length);
    const [before, after] = [bytes.subarray(0, from), bytes.subarray(from + piece.length)];
    if (kind === 'cut') return Buffer.from(before);
    if (kind === 'lose') return Buffer.concat([before, after]);
    if (kind === 'double') return Buffer.concat([before, piece, piece, after]);
    if (kind === 'insert') return Buffer.concat([before, added, piece, after]);
    return Buffer.concat([
      before,
      added.subarray(0, piece.length),
      bytes.subarray(from + Math.min(added.length, piece.length)),
    ]);
  }, original);
}

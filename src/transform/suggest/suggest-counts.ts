/** Owns where in a run of digits a number of vouchers ends and their face value begins. */

/** A field in a line; positions are 1-based and inclusive. */
export interface SuggestedCut {
  readonly field: string;
  readonly from: number;
  readonly to: number;
  readonly parse: string;
  readonly confidence: number;
}

interface Run {
  readonly from: number;
  readonly to: number;
}

/** More vouchers in a month than this are no number of vouchers. */
const MOST_VOUCHERS = 62;
const LEAST_CENTS = 50;
const MOST_CENTS = 100_000;
const LEAST_FITTING = 0.6;

/** The field of quantity and, where one stands behind it, that of the face value in cents. */
export function splitCounts(lines: readonly string[], runs: readonly Run[]): SuggestedCut[] {
  const [first, second] = runs;
  if (first === undefined) return [];
  const options: { readonly cuts: SuggestedCut[]; readonly fits: number; readonly skew: number }[] = [];
  for (const hundredths of [false, true]) {
    if (second === undefined) {
      options.push(rate(lines, first, null, hundredths));
      for (let end = first.from + 1; end < first.to - 1; end += 1) {
        options.push(rate(lines, { from: first.from, to: end }, { from: end + 1, to: first.to }, hundredths));
      }
    } else {
      options.push(rate(lines, first, second, hundredths));
    }
  }
  // Programs like fields of one width; nothing else tells `020|0000800` from `02000|00800`.
  const best = options.reduce((one, other) =>
    other.fits > one.fits || (other.fits === one.fits && other.skew < one.skew) ? other : one,
  );
  return best.fits < LEAST_FITTING ? [] : best.cuts;
}

function rate(lines: readonly string[], quantity: Run, faceValue: Run | null, hundredths: boolean) {
  const fits =
    lines.reduce((sum, line) => {
      const count = numberAt(line, quantity);
      const cents = faceValue === null ? 0 : numberAt(line, faceValue);
      return sum + fitOfCount(count, hundredths) * (isFaceValue(cents) ? 1 : 0);
    }, 0) / Math.max(1, lines.length);
  const cuts: SuggestedCut[] = [
    { field: 'quantity', ...quantity, parse: hundredths ? 'integer hundredths' : 'integer', confidence: 0.7 * fits },
  ];
  if (faceValue !== null) cuts.push({ field: 'faceValue', ...faceValue, parse: 'cents', confidence: 0.7 * fits });
  const widths = [quantity, faceValue ?? quantity].map(({ from, to }) => to - from + 1);
  return { cuts, fits, skew: Math.abs((widths[0] ?? 0) - (widths[1] ?? 0)) };
}

function numberAt(line: string, { from, to }: Run): number | null {
  const text = line.slice(from - 1, to).trim();
  return /^\d+$/.test(text) ? Number(text) : text === '' ? 0 : null;
}

/** Half a voucher is a fault of a row, but a sign of hundredths all the same. */
function fitOfCount(count: number | null, hundredths: boolean): number {
  if (count === null || count > MOST_VOUCHERS * (hundredths ? 100 : 1)) return 0;
  if (!hundredths) return 1;
  return count % 100 === 0 ? 1 : count % 50 === 0 ? 0.5 : 0;
}

function isFaceValue(cents: number | null): boolean {
  return cents !== null && (cents === 0 || (cents >= LEAST_CENTS && cents <= MOST_CENTS));
}

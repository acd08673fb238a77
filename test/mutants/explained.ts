/** Why some mutants may live: by file, by what stands in the line, and by what is changed into what. */

export interface Explained {
  /** from `src/transform/` on */
  readonly path: string;
  /** a part of the source line; an explanation whose line is gone fails a test */
  readonly line: string;
  /** of `from → to`; without it every change in that line */
  readonly change?: RegExp;
  readonly why: string;
}

export const EXPLAINED: readonly Explained[] = [];

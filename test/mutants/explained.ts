/** Why some mutants may live: by file, and by what is changed into what. The first line that fits is the reason. */

export const EXPLAINED: readonly (readonly [paths: RegExp, changes: RegExp, why: string])[] = [
  [/./, /\?\? /, 'The same value: what stands behind `??` is for the compiler, the value is always there'],
];

/** Owns how a column is called when it has no name: by its letter, as a spreadsheet shows it. */

/** `A` for 0, `Z` for 25, `AA` for 26. */
export function columnLetter(index: number): string {
  const before = Math.floor(index / 26);
  const letter = String.fromCharCode(65 + (index % 26));
  return before === 0 ? letter : columnLetter(before - 1) + letter;
}

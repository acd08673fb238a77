/** The imports and the code lines of a TypeScript text, found by simple patterns: enough for files that Biome has formatted. */

export interface Import {
  /** what stands between the quotes */
  readonly from: string;
  /** 1-based */
  readonly line: number;
  /** `import type` and `export type`: gone when the program runs */
  readonly typeOnly: boolean;
}

const STATIC = /^(?:import|export)\s+(type\s+)?(?:[\w$*{][^'"`;]*?\sfrom\s+)?'([^'\n]+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^'\n]+)'\s*\)/g;

export function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const found: Import[] = [];
  for (const match of code.matchAll(STATIC)) {
    found.push({ from: match[2] ?? '', line: lineAt(code, match.index), typeOnly: match[1] !== undefined });
  }
  for (const match of code.matchAll(DYNAMIC)) {
    found.push({ from: match[1] ?? '', line: lineAt(code, match.index), typeOnly: false });
  }
  return found;
}

/** The text with every comment blanked out; its lines keep their numbers. */
export function withoutComments(text: string): string {
  const blank = (comment: string): string => comment.replace(/[^\n]/g, ' ');
  // A comment opens after a space or a bracket: `/*` inside 'test/*.ts' and `//` inside 'sftp://' open none.
  return text.replace(/(?<![^\s({[,])\/\*[\s\S]*?\*\//g, blank).replace(/(?<!\S)\/\/.*$/gm, blank);
}

/** 1-based line of a position. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

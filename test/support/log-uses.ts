/** Reads out of the source where each event is logged and which facts stand in the call. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SRC = new URL('../../src', import.meta.url).pathname;

/** Facts by event; a spread of a constant of the same file counts with its keys, any other spread with none. */
export function readLogUses(): ReadonlyMap<string, ReadonlySet<string>> {
  const uses = new Map<string, Set<string>>();
  const paths = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && path !== 'log-events.ts',
  );
  for (const path of paths) readFile(readFileSync(join(SRC, path), 'utf8'), uses);
  return uses;
}

function readFile(text: string, uses: Map<string, Set<string>>): void {
  for (const call of text.matchAll(/\blog\(/g)) {
    const inside = balanced(text, call.index + call[0].length - 1);
    const [first = '', second = ''] = splitTop(inside.slice(1, -1));
    for (const [, event = ''] of first.matchAll(/'([a-z][a-z_-]*\.[a-z_]+)'/g)) {
      const facts = uses.get(event) ?? new Set();
      uses.set(event, facts);
      for (const fact of keysOf(second, text.slice(0, call.index))) facts.add(fact);
    }
  }
}

/** Keys of an object literal, or of the last constant of that name before it. */
function keysOf(expression: string, before: string): string[] {
  const trimmed = expression.trim();
  if (/^\w+$/.test(trimmed)) {
    const defined = [...before.matchAll(new RegExp(`const ${trimmed}(?::[^=]+)? = (?=\\{)`, 'g'))].at(-1);
    if (defined === undefined) return [];
    return keysOf(balanced(before, defined.index + defined[0].length), before.slice(0, defined.index));
  }
  const literal = /\{[\s\S]*/.exec(trimmed)?.[0];
  if (literal === undefined) return [];
  return splitTop(balanced(literal, 0).slice(1, -1)).flatMap((part) => {
    const [, spread] = /^\s*\.\.\.(\w+)\s*$/.exec(part) ?? [];
    if (spread !== undefined) return keysOf(spread, before);
    const [, key] = /^\s*(\w+)\s*(?::|$)/.exec(part) ?? [];
    return key === undefined ? [] : [key];
  });
}

const PAIRS: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };

/** From the bracket at `start` to its partner. */
function balanced(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character in PAIRS) depth++;
    else if (Object.values(PAIRS).includes(character) && --depth === 0) return text.slice(start, at + 1);
  }
  return text.slice(start);
}

/** Parts between commas that stand in no bracket. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character in PAIRS) depth++;
    else if (Object.values(PAIRS).includes(character)) depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part.trim() !== '');
}

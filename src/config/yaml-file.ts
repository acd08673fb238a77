/** One YAML file checked against one shape: every fault at once, each with file:line:column and what is allowed. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

export interface YamlFile<T> {
  readonly path: string;
  /** null when there are faults */
  readonly value: T | null;
  readonly faults: readonly string[];
  /** `file:line:column` of the value at a path of keys, for faults found later */
  readonly at: (path: readonly PropertyKey[]) => string;
}

/** Reads and checks one file; never throws for what the file holds. */
export function readYamlFile<T>(path: string, shape: z.ZodType<T>): YamlFile<T> {
  const shown = relative(process.cwd(), path) || path;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    return { path, value: null, faults: [`${shown}: this file ${reason}.`], at: () => shown };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${shown}:${line}:${col}`;
  };
  const at = (keys: readonly PropertyKey[]): string => place(offsetOf(document.contents, keys));
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) => `${place(error.pos[0])}: ${firstLine(error.message)}`);
    return { path, value: null, faults, at };
  }
  const checked = shape.safeParse(document.toJS() ?? {}, { reportInput: true });
  if (checked.success) return { path, value: checked.data, faults: [], at };
  return { path, value: null, faults: checked.error.issues.flatMap((issue) => sentences(issue, at)), at };
}

function sentences(issue: z.core.$ZodIssue, at: (path: readonly PropertyKey[]) => string): string[] {
  const where = issue.path.length === 0 ? 'the file' : `"${issue.path.join('.')}"`;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => `${at([...issue.path, key])}: "${[...issue.path, key].join('.')}" is not a setting.`,
    );
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const best = issue.errors.reduce((a, b) => (b.length < a.length ? b : a));
    const inner = best.map((one) => one.message).join(', or ');
    return [`${at(issue.path)}: ${where} does not fit: ${inner || issue.message}.`];
  }
  if (issue.code === 'invalid_value') {
    const given = issue.input === undefined ? 'is missing' : `is ${show(issue.input)}`;
    return [`${at(issue.path)}: ${where} ${given}; allowed: ${issue.values.map(String).join(', ')}.`];
  }
  if (issue.input === undefined && issue.code === 'invalid_type') {
    return [`${at(issue.path)}: ${where} is missing; expected ${issue.expected}.`];
  }
  return [`${at(issue.path)}: ${where} is ${show(issue.input)}: ${issue.message.replace(/^Invalid input: /, '')}.`];
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

/** Offset of the value (or, where it is missing, of the nearest thing that is there). */
function offsetOf(contents: unknown, keys: readonly PropertyKey[]): number {
  let node: unknown = contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const key of keys) {
    if (!isMap(node) && !(isNode(node) && 'items' in node)) break;
    const items = (node as { items: unknown[] }).items;
    const next = isMap(node)
      ? node.items.find((pair) => isPair(pair) && String((pair.key as { value?: unknown })?.value) === String(key))
      : items[Number(key)];
    if (next === undefined) break;
    if (isPair(next)) {
      const keyNode = next.key;
      offset = isNode(keyNode) ? (keyNode.range?.[0] ?? offset) : offset;
      node = next.value;
    } else {
      node = next;
      offset = isNode(next) ? (next.range?.[0] ?? offset) : offset;
    }
  }
  return offset;
}

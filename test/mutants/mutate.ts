/** Small wrong changes to a source text, all of them built in at once, of which a switch makes one at a time true. */
import { parseAst } from 'vitest/node';

/** One change: where it is, what stands there, and what would stand there instead. */
export interface Mutant {
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** What each operator becomes. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '&&': ['||'],
  '||': ['&&'],
};
const SWAPPED: Readonly<Record<string, string>> = { some: 'every', every: 'some', min: 'max', max: 'min' };
const LOOPS = new Set(['ForStatement', 'ForOfStatement', 'ForInStatement', 'WhileStatement', 'DoWhileStatement']);

/**
 * Builds every mutant into `source`, which is TypeScript.
 *
 * The result asks `$m(n)` whether mutant `n` is the true one, and calls `$m.tick()` in every round of a loop, so that a loop that
 * no longer ends can be left; `$m` comes from the global `mutation`. Texts, regular expressions, imports and types stay.
 */
export function mutate(source: string, path: string): { readonly code: string; readonly mutants: readonly Mutant[] } {
  const program = parseAst(source, { lang: 'ts' }) as unknown as Node;
  const mutants: Mutant[] = [];
  const constants = constantsOf(program);
  const raw = (node: Node): string => source.slice(node.start, node.end);
  const swap = (at: Node, to: string): string => {
    const line = source.slice(0, at.start).split('\n').length;
    mutants.push({ line, from: oneLine(raw(at)), to: oneLine(to) });
    return `$m(${mutants.length - 1}) ? (${to}) : `;
  };

  /** The text of a node with the mutants of everything in it. */
  const write = (node: Node): string => {
    let text = '';
    let at = node.start;
    for (const child of childrenOf(node)) {
      text += source.slice(at, child.start) + writeOne(child, node);
      at = child.end;
    }
    return text + source.slice(at, node.end);
  };

  const writeOne = (node: Node, parent: Node): string => {
    if (isBody(node, parent)) return writeBody(node);
    if (node.type === 'ReturnStatement' && node['argument'] !== null) {
      const value = node['argument'] as Node;
      return isNothing(value) ? write(node) : `return (${swap(value, 'null')}(${writeOne(value, node)}));`;
    }
    if (node.type === 'ExpressionStatement' && (node['directive'] ?? null) === null) {
      const inner = node['expression'] as Node;
      const line = source.slice(0, node.start).split('\n').length;
      mutants.push({ line, from: oneLine(raw(node)), to: '' });
      return `{ if (!$m(${mutants.length - 1})) { (${writeOne(inner, node)}); } }`;
    }
    const choices = choicesOf(node, parent, raw, constants);
    // The choices come first and hold the text as it was: only one mutant is ever true.
    const swaps = choices.map((to) => swap(node, to)).join('');
    return swaps === '' ? write(node) : `(${swaps}(${write(node)}))`;
  };

  const writeBody = (node: Node): string => {
    const inner = node.type === 'BlockStatement' ? write(node).slice(1, -1) : writeOne(node, { ...node, type: '' });
    return `{ $m.tick(); ${inner} }`;
  };

  const body = write(program);
  // On the first line, so that every line keeps its number.
  const code = `const $m = globalThis.mutation.open(${JSON.stringify(path)}, ${JSON.stringify(mutants)}); ${body}`;
  return { code, mutants };
}

/** What an expression may become. */
function choicesOf(
  node: Node,
  parent: Node,
  raw: (node: Node) => string,
  constants: ReadonlyMap<string, Node>,
): string[] {
  if (isCondition(node, parent)) {
    const more = expressionChoices(node, raw);
    return node.type === 'Literal' ? [] : [...more, 'true', 'false'];
  }
  if (node.type === 'Identifier') {
    const value = constants.get(raw(node));
    return value === undefined || !isUse(node, parent) ? [] : literalChoices(value, raw);
  }
  if (parent.type === 'ArrowFunctionExpression' && parent['body'] === node && node.type !== 'BlockStatement') {
    return isNothing(node) ? [] : [...expressionChoices(node, raw), 'null'];
  }
  // A constant is changed where it is used, since what is worked out on loading cannot be switched any more.
  if (parent.type === 'VariableDeclarator' && constants.get(raw(parent['id'] as Node)) === node) return [];
  if (node.type === 'Literal' && parent.type === 'Property' && parent['key'] === node) return [];
  return expressionChoices(node, raw);
}

function expressionChoices(node: Node, raw: (node: Node) => string): string[] {
  if (node.type === 'BinaryExpression' || node.type === 'LogicalExpression') {
    const [left, right] = [node['left'] as Node, node['right'] as Node];
    const operator = String(node['operator']);
    if (operator === '??') return [`(${raw(left)})`, `(${raw(right)})`];
    if (operator === '+' && [left, right].some(isText)) return [];
    return (OPERATORS[operator] ?? []).map((other) => `(${raw(left)}) ${other} (${raw(right)})`);
  }
  if (node.type === 'UnaryExpression') {
    const inner = raw(node['argument'] as Node);
    return node['operator'] === '!' || node['operator'] === '-' ? [`(${inner})`] : [];
  }
  if (node.type === 'CallExpression') {
    const callee = node['callee'] as Node;
    const name = callee.type === 'MemberExpression' ? String((callee['property'] as Node)['name']) : '';
    const other = Object.hasOwn(SWAPPED, name) ? SWAPPED[name] : undefined;
    if (other === undefined) return [];
    const property = callee['property'] as Node;
    const text = raw(node);
    const from = property.start - node.start;
    return [text.slice(0, from) + other + text.slice(from + name.length)];
  }
  return literalChoices(node, raw);
}

function literalChoices(node: Node, raw: (node: Node) => string): string[] {
  if (node.type !== 'Literal') return [];
  if (typeof node['value'] === 'number') return [`${raw(node)} + 1`, `${raw(node)} - 1`];
  if (typeof node['value'] === 'bigint') return [`${raw(node)} + 1n`, `${raw(node)} - 1n`];
  return typeof node['value'] === 'boolean' ? [String(!node['value'])] : [];
}

/** Numbers and truths that have a name at the top of the file. */
function constantsOf(program: Node): Map<string, Node> {
  const constants = new Map<string, Node>();
  for (const statement of program['body'] as Node[]) {
    if (statement.type !== 'VariableDeclaration') continue;
    for (const one of statement['declarations'] as Node[]) {
      const [id, value] = [one['id'] as Node, one['init'] as Node | null];
      if (value?.type === 'Literal' && ['number', 'bigint', 'boolean'].includes(typeof value['value'])) {
        constants.set(String(id['name']), value);
      }
    }
  }
  return constants;
}

const isUse = (node: Node, parent: Node): boolean =>
  !(parent.type === 'VariableDeclarator' && parent['id'] === node) &&
  !(parent.type === 'MemberExpression' && parent['property'] === node && parent['computed'] !== true) &&
  parent.type !== 'Property' &&
  parent.type !== 'ExportSpecifier';

const isCondition = (node: Node, parent: Node): boolean =>
  ['IfStatement', 'ConditionalExpression', 'WhileStatement', 'DoWhileStatement'].includes(parent.type) &&
  parent['test'] === node;

const isBody = (node: Node, parent: Node): boolean => LOOPS.has(parent.type) && parent['body'] === node;
const isText = (node: Node): boolean =>
  node.type === 'TemplateLiteral' ||
  (node.type === 'Literal' && typeof node['value'] === 'string') ||
  (node.type === 'BinaryExpression' && isText(node['left'] as Node));
const isNothing = (node: Node): boolean =>
  (node.type === 'Literal' && node['value'] === null) || (node.type === 'Identifier' && node['name'] === 'undefined');

/** The nodes in a node, in the order of the text, without types. */
function childrenOf(node: Node): Node[] {
  const children = Object.values(node)
    .flat()
    .filter(
      (value): value is Node => typeof value === 'object' && value !== null && 'type' in value && 'start' in value,
    )
    .filter(({ type }) => !/^(?:TS(?!As|Satisfies|NonNull)|Import|ExportAll)/.test(type));
  // `{ a }` is a key and a value at one place.
  return children.sort((a, b) => a.start - b.start).filter(({ start }, at) => start !== children[at - 1]?.start);
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

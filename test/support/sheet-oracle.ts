/** What a worksheet's XML says, read slowly by saxes as a second opinion: every cell as its type and its text. */
import { SaxesParser } from 'saxes';

export interface SaidCell {
  readonly type: string;
  /** of a shared string: the string; null for a cell without a value */
  readonly text: string | null;
}

/** Cells by row number; trailing blanks may be there. */
export type SaidRows = ReadonlyMap<number, readonly (SaidCell | undefined)[]>;

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/**
 * `strings` are the shared ones; cells without a value are left out, and rows without such cells. What is not well-formed is read
 * as far as saxes can make it out: a reader may refuse it, but not read something else.
 */
export function readBySaxes(xml: string, strings: readonly string[]): SaidRows {
  const root = treeOf(xml);
  const rows = new Map<number, (SaidCell | undefined)[]>();
  let last = 0;
  for (const row of root.children.filter(isNamed('sheetData')).flatMap((one) => one.children.filter(isNamed('row')))) {
    const cells = row.children.filter(isNamed('c'));
    const placed = cells.map(({ attributes }) => /^([A-Za-z]+)(\d+)$/.exec(attributes['r'] ?? ''));
    last = Number(row.attributes['r'] ?? placed.find((place) => place !== null)?.[2] ?? last + 1);
    const said: (SaidCell | undefined)[] = [];
    let column = -1;
    for (const [at, cell] of cells.entries()) {
      const letters = placed[at]?.[1];
      column = letters === undefined ? column + 1 : columnOf(letters);
      const found = cellOf(cell, strings);
      if (found.text !== null) said[column] = found;
    }
    if (said.some((cell) => cell !== undefined && cell.text?.trim() !== '')) rows.set(last, said);
  }
  return rows;
}

function cellOf({ attributes, children }: Element, strings: readonly string[]): SaidCell {
  const type = attributes['t'] ?? 'n';
  let said: SaidCell = { type, text: null };
  for (const child of children) {
    if (child.name === 'v' && child.text !== '') {
      said = { type, text: type === 's' ? (strings[Number(child.text)] ?? null) : child.text };
    }
    if (child.name !== 'is') continue;
    const texts = child.children.flatMap((part) => (part.name === 'r' ? part.children : [part])).filter(isNamed('t'));
    said = { type: 'inlineStr', text: texts.map(({ text }) => text).join('') || null };
  }
  return said;
}

function treeOf(xml: string): Element {
  const parser = new SaxesParser();
  const open: Element[] = [];
  const roots: Element[] = [];
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name: name.slice(name.indexOf(':') + 1), attributes, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
    if (open.length === 1) roots.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', addText);
  parser.on('cdata', addText);
  // Without a listener the parser throws.
  parser.on('error', () => undefined);
  parser.write(xml).close();
  return roots[0] ?? { name: '', attributes: {}, children: [], text: '' };
}

function isNamed(name: string): (element: Element) => boolean {
  return (element) => element.name === name;
}

function columnOf(letters: string): number {
  return [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

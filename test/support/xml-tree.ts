/** XML as a small tree, parsed by saxes: enough to ask an invoice what it says. */
import { SaxesParser } from 'saxes';

export interface XmlNode {
  /** with its prefix, such as `cbc:ID` */
  readonly name: string;
  /** namespace */
  readonly uri: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  /** of a leaf, as it stands */
  readonly text: string;
}

interface OpenNode extends XmlNode {
  readonly children: XmlNode[];
  text: string;
}

/** Throws for anything that is not well-formed. */
export function parseXml(xml: string): XmlNode {
  const parser = new SaxesParser({ xmlns: true });
  const open: OpenNode[] = [];
  let root: XmlNode | null = null;
  parser.on('opentag', (tag) => {
    const attributes = Object.fromEntries(Object.values(tag.attributes).map((one) => [one.name, one.value]));
    const node: OpenNode = { name: tag.name, uri: tag.uri, attributes, children: [], text: '' };
    open.at(-1)?.children.push(node);
    open.push(node);
    root ??= node;
  });
  parser.on('text', (text) => {
    const node = open.at(-1);
    if (node !== undefined) node.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
  if (root === null) throw new Error('There is no element.');
  return root;
}

/** Every node at a path of names below `node`, such as `cac:TaxTotal/cbc:TaxAmount`. */
export function all(node: XmlNode, path: string): XmlNode[] {
  let found: XmlNode[] = [node];
  for (const name of path.split('/')) {
    found = found.flatMap((one) => one.children.filter((child) => child.name === name));
  }
  return found;
}

/** The text at a path, null when there is nothing or more than one. */
export function textAt(node: XmlNode, path: string): string | null {
  const found = all(node, path);
  return found.length === 1 ? (found[0]?.text ?? null) : null;
}

/** Every node of a name, however deep. */
export function everywhere(node: XmlNode, name: string): XmlNode[] {
  return node.children.flatMap((child) => [...(child.name === name ? [child] : []), ...everywhere(child, name)]);
}

export function everyNode(node: XmlNode): XmlNode[] {
  return [node, ...node.children.flatMap(everyNode)];
}

/** The small XML parts of a workbook (relationships, workbook, styles): element by element, with full checks by saxes. */

import { TextDecoder } from 'node:util';
import { type SaxesAttributeNS, SaxesParser } from 'saxes';
import { FileError } from '../../errors.ts';
import { badWorkbook, overLimit } from './xlsx-limits.ts';
import { utf8Pieces } from './xlsx-utf8.ts';
import { readPart, type XlsxZip } from './xlsx-zip.ts';

/** Styles of much edited workbooks reach 10 MB. */
const MAX_SMALL_PART = 33_554_432;

export interface XmlElement {
  readonly name: string;
  /** name of the element around it, '' for the root */
  readonly parent: string;
  /** an attribute without prefix, '' when it is not there */
  attribute(name: string): string;
  /** an attribute of a vocabulary of its own, whatever its prefix, '' when it is not there */
  qualifiedAttribute(name: string): string;
}

/**
 * Gives every start tag of a part, by local names: transitional and strict OOXML differ in their namespaces only.
 * FileError `file.format` for malformed XML and for any DOCTYPE, `file.limit` above 32 MB.
 */
export async function readSmallPart(zip: XlsxZip, part: string, give: (element: XmlElement) => void): Promise<void> {
  const parser = new SaxesParser({ xmlns: true });
  const path: string[] = [];
  parser.on('error', () => {
    throw badWorkbook('broken-xml');
  });
  parser.on('doctype', () => {
    throw badWorkbook('doctype');
  });
  parser.on('opentag', (tag) => {
    const attributes = Object.values(tag.attributes);
    give({
      name: tag.local,
      parent: path.at(-1) ?? '',
      attribute: (name) => attributeValue(attributes, (each) => each.name === name),
      qualifiedAttribute: (name) => attributeValue(attributes, (each) => each.local === name && each.prefix !== ''),
    });
    path.push(tag.local);
  });
  parser.on('closetag', () => path.pop());

  const decoder = new TextDecoder('utf-8', { fatal: true });
  let size = 0;
  for await (const piece of utf8Pieces(readPart(zip, part))) {
    size += piece.length;
    if (size > MAX_SMALL_PART) throw overLimit('inflated', MAX_SMALL_PART);
    parser.write(decode(decoder, piece));
  }
  parser.write(decode(decoder, undefined)).close();
}

function attributeValue(attributes: readonly SaxesAttributeNS[], wanted: (each: SaxesAttributeNS) => boolean): string {
  return attributes.find(wanted)?.value ?? '';
}

function decode(decoder: TextDecoder, piece: Buffer | undefined): string {
  try {
    return decoder.decode(piece, { stream: piece !== undefined });
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw badWorkbook('broken-xml');
  }
}

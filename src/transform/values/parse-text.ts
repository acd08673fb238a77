/** Owns free text and e-mail addresses: what of them may enter the database. */
import { type CellParser, fault, parserOfText } from './finding.ts';

/** Longest text of one cell, in UTF-16 units. */
export const LONGEST_TEXT = 200;
/** Longest e-mail address that can be delivered (RFC 5321, 4.5.3.1.3: a path of 256 with its angle brackets). */
const LONGEST_EMAIL = 254;
const LONGEST_LOCAL_PART = 64;

const TOO_LONG = fault('text.invalid', { max: LONGEST_TEXT });
const UNREADABLE = fault('text.invalid');
const EMAIL = fault('email.invalid', { accepted: 'name@example.be' });

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const SPACES = /\r\n|[\t\n\r\u2028\u2029]|\p{Zs}/gu;
const INVISIBLE = /\p{Cf}/gu;
const CONTROL = /\p{Cc}/u;
// Quoted names and comments are legal and no living address has them; a comma, a bracket or a colon means a list or a link.
const ADDRESS =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+(?!\d+$)[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u;

/** Text as NFC without invisible signs; every kind of space and line end becomes a space, other control characters are refused. */
export const parseText: CellParser = parserOfText((text) => {
  if (text.length > LONGEST_TEXT) return TOO_LONG;
  if (PRINTABLE_ASCII.test(text)) return text;
  const visible = text.replace(SPACES, ' ').replace(INVISIBLE, '').trim();
  return visible === '' || CONTROL.test(visible) || !visible.isWellFormed() ? UNREADABLE : visible.normalize('NFC');
});

/** One e-mail address as it was written: a dot-atom, an `@`, and a host name of two labels or more (RFC 5321, 4.1.2). */
export const parseEmail: CellParser = parserOfText((text) =>
  text.length <= LONGEST_EMAIL && text.indexOf('@') <= LONGEST_LOCAL_PART && ADDRESS.test(text) ? text : EMAIL,
);

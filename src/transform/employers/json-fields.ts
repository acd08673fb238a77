/** Walks one JSON value field by field and notes every fault with its dotted path, such as `contracts[0].fees.service`. */
import type { IssueCode, RowIssue } from '../../model.ts';

/** A fault or warning of one line; the reader of the file adds the row's number. */
export type LineIssue = Omit<RowIssue, 'rowNumber'>;

/** One value, where it stands in its line, and the list that its faults go to. */
export interface JsonAt {
  readonly value: unknown;
  readonly path: string;
  readonly issues: LineIssue[];
}

/** A kind of value: how it is told from others, and what stands in for it in a line that is rejected anyway. */
export interface ValueKind<T> {
  readonly code: IssueCode;
  /** what is accepted, for the sender to read */
  readonly accepted: string;
  readonly parse: (value: unknown) => T | null;
  readonly empty: T;
}

/**
 * Notes a fault; `accepted` says what would have been right, never what was sent. A column has one issue: the first fault
 * stays, and takes the place of a warning.
 */
export function noteFault(at: JsonAt, code: IssueCode, accepted: string): void {
  const columnName = at.path || null;
  const fault: LineIssue = { columnName, code, severity: 'error', params: { accepted } };
  const known = at.issues.findIndex((issue) => issue.columnName === columnName);
  if (known === -1) at.issues.push(fault);
  else if (at.issues[known]?.severity === 'warning') at.issues[known] = fault;
}

/** Absent, null and blank all mean "not given". */
export function isGiven(at: JsonAt): boolean {
  if (typeof at.value === 'string') return at.value.trim() !== '';
  return at.value !== undefined && at.value !== null;
}

/** A field that must be there. After a fault it reads as the kind's empty value, so that the rest of the line is checked too. */
export function required<T>(at: JsonAt, kind: ValueKind<T>): T {
  if (isGiven(at)) return parsed(at, kind);
  noteFault(at, 'required.missing', kind.accepted);
  return kind.empty;
}

/** A field that may be left out, and then is `fallback`. */
export function optional<T, F>(at: JsonAt, kind: ValueKind<T>, fallback: F): T | F {
  return isGiven(at) ? parsed(at, kind) : fallback;
}

function parsed<T>(at: JsonAt, kind: ValueKind<T>): T {
  const value = kind.parse(at.value);
  if (value !== null) return value;
  noteFault(at, kind.code, kind.accepted);
  return kind.empty;
}

/**
 * Opens an object whose fields have these names. Any other field is noted as a warning and not read. When the value is no
 * object that is the one fault: its fields then read as empty without faults of their own.
 */
export function fieldsOf<K extends string>(at: JsonAt, names: readonly K[]): (name: K) => JsonAt {
  const { value } = at;
  const pathOf = (name: string) => (at.path === '' ? name : `${at.path}.${name}`);
  if (!isObject(value)) {
    noteFault(at, isGiven(at) ? 'row.format' : 'required.missing', 'object');
    return (name) => ({ value: undefined, path: pathOf(name), issues: [] });
  }
  const unknown = Object.keys(value).filter((key) => !(names as readonly string[]).includes(key));
  // A key that does not look like a field's name may be somebody's data: then only the object is named.
  const ignored = unknown.map((key) => (/^[a-z_]{1,40}$/i.test(key) ? pathOf(key) : at.path || null));
  for (const columnName of new Set(ignored)) {
    at.issues.push({ columnName, code: 'column.ignored', severity: 'warning', params: { accepted: names.join(', ') } });
  }
  const entries = new Map<string, unknown>(Object.entries(value));
  return (name) => ({ value: entries.get(name), path: pathOf(name), issues: at.issues });
}

/** The one field of these that an object holds, as in `{"fixed": 2}`; null after a fault when it is none or several. */
export function onlyFieldOf<K extends string>(at: JsonAt, names: readonly K[]): { name: K; at: JsonAt } | null {
  const field = fieldsOf(at, names);
  const [name, ...others] = names.filter((each) => isGiven(field(each)));
  if (name !== undefined && others.length === 0) return { name, at: field(name) };
  if (isObject(at.value)) noteFault(at, 'row.format', `{${names.join(' | ')}}`);
  return null;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a list item by item. One that is left out is empty, unless `mustBeThere`. */
export function listOf<T>(at: JsonAt, read: (item: JsonAt) => T, mustBeThere: 'required' | 'optional'): T[] {
  if (!isGiven(at)) {
    if (mustBeThere === 'required') noteFault(at, 'required.missing', 'list');
    return [];
  }
  if (!Array.isArray(at.value)) {
    noteFault(at, 'row.format', 'list');
    return [];
  }
  return at.value.map((value: unknown, index) => read(itemAt(at, value, index)));
}

function itemAt(at: JsonAt, value: unknown, index: number): JsonAt {
  return { value, path: `${at.path}[${index}]`, issues: at.issues };
}

/** A plain model of beneficiaries in memory: what a sequence of files must come to, told without SQL. Long because the rules of a model are judged beside each other. */

/** Cells by field, as a sender writes them; '' keeps, `#CLEAR` empties. `person` is null where the number cannot be read. */
export interface ModelRow {
  readonly person: number | null;
  readonly status: '' | 'active' | 'inactive';
  readonly email: string;
  readonly otherName: string;
  readonly extra1: string;
  readonly costCenter: string;
  readonly employmentEnd: string;
  readonly mealProduct: '' | 'meal' | 'none';
  /** cents */
  readonly mealFaceValue: number | null;
  readonly secondProduct: '' | 'eco' | 'gift' | 'none';
  readonly thirdProduct: '' | 'eco' | 'gift' | 'none';
  readonly faceValueFrom: string;
}

export interface ModelFile {
  readonly scope: 'full' | 'delta';
  /** Belgian day from which its content holds */
  readonly asOf: string;
  readonly rows: readonly ModelRow[];
  /** the file ends as a whole one does */
  readonly whole: boolean;
  /** its text: the same rows in another order are another content */
  readonly text: string;
}

export interface ModelPerson {
  status: 'active' | 'inactive';
  reason: string | null;
  email: string;
  otherName: string | null;
  extra1: string | null;
  costCenter: number;
  end: string | null;
  asOf: string;
  /** by product: from which month on which value holds, null where the product was taken away */
  products: Map<string, Map<string, { value: number | null; removed: boolean }>>;
}

export interface ModelCounts {
  read: number;
  created: number;
  updated: number;
  unchanged: number;
  reactivated: number;
  rejected: number;
  duplicateInFile: number;
  deactivated: number;
}

export interface ModelOutcome {
  readonly status: 'applied' | 'duplicate' | 'superseded' | 'held' | 'rejected';
  readonly counts: ModelCounts;
}

const BEGINNING = '1900-01';
const CLEAR = '#CLEAR';
const LIMIT = 1000;
const SENSITIVE = ['email', 'otherName', 'costCenter'] as const;
const OTHERS = ['eco', 'gift'];
const COST_CENTERS = ['1', '2'];

const none = (): ModelCounts => ({
  read: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  reactivated: 0,
  rejected: 0,
  duplicateInFile: 0,
  deactivated: 0,
});

/** One employer, one secretariat. */
export class PeopleModel {
  people = new Map<number, ModelPerson>();
  private lastApplied: { content: string; refused: number } | null = null;
  private lastFull: string | null = null;
  private open: { content: string; scope: string; asOf: string }[] = [];

  /** `word` is a person's yes to a file that would be held; with `upserts` without its departures. */
  give(file: ModelFile, today: string, word: 'none' | 'yes' | 'upserts' = 'none'): ModelOutcome {
    const content = contentOf(file);
    if (file.scope === 'full' && file.rows.length === 0) return { status: 'rejected', counts: none() };
    const isCopy = word === 'none' && content === this.lastApplied?.content;
    if (word === 'none') {
      if ((isCopy && this.lastApplied?.refused === 0) || this.open.some((held) => held.content === content)) {
        return { status: 'duplicate', counts: none() };
      }
    }
    if (file.scope === 'full' && this.lastFull !== null && this.lastFull > file.asOf) {
      return { status: 'superseded', counts: none() };
    }
    const before = this.people;
    const after = new Map([...before].map(([key, person]) => [key, copyOf(person)]));
    const counts = none();
    const seen = applyRows(after, file, today, counts, word === 'upserts');
    const isNews = counts.created + counts.updated + counts.reactivated > 0;
    // Rows that were refused may be right now.
    if (isCopy && !(isNews && counts.rejected < (this.lastApplied?.refused ?? 0))) {
      return { status: 'duplicate', counts: none() };
    }
    if (counts.read > 0 && counts.rejected === counts.read) {
      return { status: 'rejected', counts: { ...counts, deactivated: 0 } };
    }
    const absent = word === 'upserts' ? [] : absentPeople(before, file, seen.named);
    counts.deactivated += absent.length;
    if (word === 'none' && isHeld(before, file, counts, absent.length, seen.sensitive)) {
      this.open.push({ content, scope: file.scope, asOf: file.asOf });
      return { status: 'held', counts };
    }
    for (const key of absent)
      Object.assign(after.get(key) ?? {}, { status: 'inactive', reason: 'absent', asOf: file.asOf });
    this.people = after;
    this.lastApplied = { content, refused: counts.rejected };
    this.open = this.open.filter((held) => held.content !== content);
    if (file.scope === 'full') {
      this.lastFull = file.asOf;
      this.open = this.open.filter((held) => held.scope !== 'full' || held.asOf > file.asOf);
    }
    return { status: 'applied', counts };
  }

  discard(file: ModelFile): void {
    this.open = this.open.filter((held) => held.content !== contentOf(file));
  }

  /** Employments that ended before today. */
  leavers(today: string): void {
    for (const person of this.people.values()) {
      if (person.status === 'active' && person.end !== null && person.end < today) {
        Object.assign(person, { status: 'inactive', reason: 'employment-ended' });
      }
    }
  }
}

function contentOf(file: ModelFile): string {
  return JSON.stringify([file.scope, file.text]);
}

function applyRows(
  people: Map<number, ModelPerson>,
  file: ModelFile,
  today: string,
  counts: ModelCounts,
  keepActive: boolean,
): { named: Set<number> | null; sensitive: number } {
  const byPerson = Map.groupBy(file.rows, (row) => row.person);
  counts.read = file.rows.length;
  let sensitive = 0;
  for (const [key, rows] of byPerson) {
    const [first] = rows;
    if (first === undefined) continue;
    const differ = rows.some((row) => JSON.stringify(row) !== JSON.stringify(first));
    if (key === null || differ || isFaulty(people.get(key), first, file)) {
      counts.rejected += rows.length;
      continue;
    }
    counts.duplicateInFile += rows.length - 1;
    const known = people.get(key);
    if (known !== undefined && known.asOf > file.asOf) {
      counts.unchanged += 1;
      continue;
    }
    const next = merged(known, first, file, today);
    const ends = known?.status === 'active' && next.status === 'inactive';
    if (ends && keepActive) Object.assign(next, { status: 'active', reason: null, end: known.end });
    else if (ends) counts.deactivated += 1;
    const changed = known === undefined || JSON.stringify(plain(next)) !== JSON.stringify(plain(known));
    if (known === undefined) counts.created += 1;
    else if (known.status === 'inactive' && next.status === 'active') counts.reactivated += 1;
    else if (changed) counts.updated += 1;
    else counts.unchanged += 1;
    if (known !== undefined && SENSITIVE.some((field) => known[field] !== next[field])) sensitive += 1;
    people.set(key, next);
  }
  const unreadable = byPerson.has(null);
  return { named: unreadable ? null : new Set([...byPerson.keys()].filter((key) => key !== null)), sensitive };
}

function isFaulty(known: ModelPerson | undefined, row: ModelRow, file: ModelFile): boolean {
  if (!row.email.includes('@')) return true;
  if (row.costCenter === '' ? known === undefined : !COST_CENTERS.includes(row.costCenter)) return true;
  if (row.mealFaceValue !== null && row.mealFaceValue > LIMIT) return true;
  const meals = known?.products.get('meal');
  const held = meals !== undefined && !(valueAt(meals, monthOf(row, file))?.removed ?? true);
  if (row.mealProduct === 'meal' && row.mealFaceValue === null) return meals === undefined;
  return row.mealProduct === '' && row.mealFaceValue !== null && !held;
}

function monthOf(row: ModelRow, file: ModelFile): string {
  return row.faceValueFrom === '' ? file.asOf.slice(0, 7) : row.faceValueFrom;
}

function merged(known: ModelPerson | undefined, row: ModelRow, file: ModelFile, today: string): ModelPerson {
  const next: ModelPerson =
    known === undefined
      ? {
          status: 'active',
          reason: null,
          email: '',
          otherName: null,
          extra1: null,
          costCenter: 0,
          end: null,
          asOf: '',
          products: new Map(),
        }
      : copyOf(known);
  next.asOf = file.asOf;
  next.email = row.email;
  if (row.otherName !== '') next.otherName = row.otherName === CLEAR ? null : row.otherName;
  if (row.extra1 !== '') next.extra1 = row.extra1 === CLEAR ? null : row.extra1;
  if (row.costCenter !== '') next.costCenter = Number(row.costCenter);
  if (row.employmentEnd !== '') next.end = row.employmentEnd === CLEAR ? null : row.employmentEnd;
  const saysEnd = row.employmentEnd !== '' && row.employmentEnd !== CLEAR;
  // Somebody who is said to be active again is not ended by an end date of before.
  if (row.status === 'active' && !saysEnd && next.end !== null && next.end < today) next.end = null;
  const ended = next.end !== null && next.end < today;
  const hadEnded = known?.status === 'inactive' && known.reason === 'employment-ended';
  if (row.status === 'inactive')
    Object.assign(next, { status: 'inactive', reason: hadEnded ? 'employment-ended' : 'status' });
  else if (ended) {
    // An end gives the reason when it ends somebody who was there, or when the row itself says it.
    const wasThere = known === undefined || known.status === 'active' || known.reason === 'absent';
    if (wasThere || saysEnd) Object.assign(next, { status: 'inactive', reason: 'employment-ended' });
  } else if (row.status === 'active' || known?.reason === 'absent')
    Object.assign(next, { status: 'active', reason: null });
  else if (known?.reason === 'employment-ended' && saysEnd) Object.assign(next, { status: 'active', reason: null });
  setProducts(next, row, monthOf(row, file));
  return next;
}

function setProducts(person: ModelPerson, row: ModelRow, month: string): void {
  const now = (product: string) => {
    const rows = person.products.get(product);
    const found = rows === undefined ? undefined : valueAt(rows, month);
    return found === undefined || found.removed ? undefined : found;
  };
  const write = (product: string, value: number | null, removed: boolean) => {
    const rows = person.products.get(product) ?? new Map();
    rows.set(rows.size === 0 ? BEGINNING : month, { value, removed });
    person.products.set(product, rows);
  };
  const meal = now('meal');
  const said = row.mealProduct === 'meal' || (row.mealProduct === '' && row.mealFaceValue !== null);
  if (row.mealProduct === 'none' && meal !== undefined) write('meal', meal.value, true);
  if (said) {
    const last = valueAt(person.products.get('meal') ?? new Map(), month)?.value ?? null;
    const value = row.mealFaceValue ?? last;
    if (meal === undefined || meal.value !== value) write('meal', value, false);
  }
  const others = OTHERS.filter((product) => now(product) !== undefined);
  for (const product of OTHERS) {
    const named = row.secondProduct === product || row.thirdProduct === product;
    if (named && !others.includes(product)) write(product, null, false);
    if (!named && others.includes(product) && takes(row, others.length)) write(product, null, true);
  }
}

/** Both columns say what the person is to have; one that says none beside a blank can only mean the one that there is. */
function takes({ secondProduct, thirdProduct }: ModelRow, others: number): boolean {
  if (secondProduct !== '' && thirdProduct !== '') return true;
  return secondProduct === 'none' && others === 1;
}

type Valid = Map<string, { value: number | null; removed: boolean }>;

function valueAt(rows: Valid, month: string): { value: number | null; removed: boolean } | undefined {
  const from = [...rows.keys()]
    .filter((key) => key <= month)
    .sort()
    .at(-1);
  return from === undefined ? undefined : rows.get(from);
}

function absentPeople(people: ReadonlyMap<number, ModelPerson>, file: ModelFile, named: Set<number> | null): number[] {
  if (file.scope === 'delta' || named === null) return [];
  return [...people].flatMap(([key, person]) =>
    person.status === 'active' && person.asOf <= file.asOf && !named.has(key) ? [key] : [],
  );
}

function isHeld(
  people: ReadonlyMap<number, ModelPerson>,
  file: ModelFile,
  counts: ModelCounts,
  absent: number,
  sensitive: number,
): boolean {
  const active = [...people.values()].filter(({ status }) => status === 'active').length;
  return (
    (!file.whole && absent > 0) ||
    (active >= 2 && absent * 2 > active) ||
    (counts.deactivated > 3 && counts.deactivated > active * 0.2) ||
    (counts.rejected > 2 && counts.rejected > counts.read * 0.1) ||
    (sensitive > 5 && sensitive > active * 0.2)
  );
}

function copyOf(person: ModelPerson): ModelPerson {
  return { ...person, products: new Map([...person.products].map(([product, rows]) => [product, new Map(rows)])) };
}

/** What can be compared, without the moment it holds from. */
export function plain(person: ModelPerson) {
  const { asOf, products, ...rest } = person;
  return {
    ...rest,
    products: Object.fromEntries(
      [...products].sort().map(([product, rows]) => [product, Object.fromEntries([...rows].sort())]),
    ),
  };
}

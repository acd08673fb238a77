/**
 * The words of Navette, and the shapes that its rooms hand to each other. Files, tables, logs and messages use these words.
 * Long because a newcomer reads the glossary and the shapes in one place.
 *
 * | word                    | NL / FR                                   | meaning                                                             |
 * |-------------------------|-------------------------------------------|---------------------------------------------------------------------|
 * | portal                  | –                                         | the issuer's website, where employers do the same work by hand      |
 * | social secretariat      | sociaal secretariaat / secrétariat social | payroll office that drops files                                     |
 * | drop                    | –                                         | one place where files arrive: an SFTP folder or a local folder      |
 * | layout                  | –                                         | one file shape, as configuration: format, columns, parsers          |
 * | employer                | werkgever / employeur                     | the customer that orders, keyed by enterprise number                |
 * | mandate                 | mandaat / mandat                          | secretariat S may act for employer E, from..to                      |
 * | beneficiary             | begunstigde / bénéficiaire                | one person at one employer                                          |
 * | national register number| rijksregisternummer / numéro national     | 11 digits YYMMDDSSSCC; BIS numbers add 20 or 40 to the month        |
 * | card                    | kaart / carte                             | one per person, shared by all employers                             |
 * | cost center             | kostenplaats / centre de coûts            | who is billed: an invoice goes to a cost center                     |
 * | delivery point          | leveringspunt / point de livraison        | where cards go when they go to the employer                         |
 * | product                 | –                                         | kind of voucher; its legal limits are dated rows                    |
 * | face value              | nominale waarde / valeur faciale          | integer euro cents per voucher                                      |
 * | period                  | periode / période                         | YYYY-MM, the month worked; it decides which limit applies           |
 * | payroll entry           | prestatie / prestation                    | what payroll says one beneficiary earned for one period             |
 * | correction              | regularisatie / régularisation            | change to an earlier period, at that period's face value            |
 * | entitlement             | recht / droit                             | what payroll grants: beneficiary + product + period + face value    |
 * | standing order          | terugkerende bestelling / commande récurrente | instruction: employer + product + rhythm                        |
 * | order, order line       | bestelling / commande                     | one employer + product + run; a line is a signed quantity           |
 * | carry                   | –                                         | what the last run left unordered, and why                           |
 * | invoice notice          | factuurbericht / avis de facture          | the message with amount, IBAN and structured communication          |
 * | structured communication| gestructureerde mededeling / communication structurée | 12 digits, last two = first ten mod 97, 97 when that is 0 |
 * | full / delta            | volledig / delta                          | whether absence from the file means departure                       |
 * | held                    | –                                         | stopped before any change, waiting for a person's yes               |
 *
 * Money is integer euro cents. A day is ISO text `YYYY-MM-DD`, a period `YYYY-MM`; neither is ever a JS `Date`.
 */

/** A day, `YYYY-MM-DD`. */
export type Day = string;
/** A month worked, `YYYY-MM`. */
export type Period = string;
/** Integer euro cents. */
export type Cents = number;

export const LANGUAGES = ['fr', 'nl', 'de', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

export const LAYOUT_KINDS = ['employers', 'beneficiaries', 'payroll', 'bank-statement'] as const;
export type LayoutKind = (typeof LAYOUT_KINDS)[number];

export const IMPORT_MODES = ['create', 'update', 'upsert'] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

export type Scope = 'full' | 'delta';

/** One cell as a file holds it. CSV gives strings only; a workbook gives the cell's own type. */
export type Cell = string | number | boolean | null | DateCell | ErrorCell | LostDigitsCell;
/** A workbook cell that its number format or its type makes a date; the time of day is dropped. */
export interface DateCell {
  readonly date: Day;
}
/** A workbook cell that shows an error, such as `#REF!`. */
export interface ErrorCell {
  readonly error: string;
}
/** A workbook number with more than 15 significant digits: the digits that were typed are gone. */
export interface LostDigitsCell {
  readonly lostDigits: true;
}

/** One record as its file shows it; `rowNumber` is the number an editor or Excel shows (header = 1). */
export interface SourceRow {
  readonly rowNumber: number;
  readonly cells: readonly Cell[];
}

export type Severity = 'error' | 'warning';

/** Every code a row or a file can be reported with. Texts in four languages stand in `config/messages`. */
export const ISSUE_CODES = [
  'nrn.invalid',
  'enterprise-number.invalid',
  'required.missing',
  'date.invalid',
  'integer.invalid',
  'decimal.invalid',
  'euro.invalid',
  'period.invalid',
  'email.invalid',
  'text.invalid',
  'literal.unknown',
  'cell.error',
  'number.lost-digits',
  'limit.exceeded',
  'contract.missing',
  'cost-center.unknown',
  'delivery-point.unknown',
  'address.incomplete',
  'beneficiary.unknown',
  'person.conflict',
  'row.conflict',
  'row.format',
  'identity.conflict',
  'face-value.missing',
  'face-value.ambiguous',
  'total.mismatch',
  'blend.unexplained',
  'quantity.negative',
  'product.closed',
  'mandate.missing',
  'mode.exists',
  'mode.unknown',
  'clear.required',
  'clear.refused',
  'reference.unknown',
  'file.empty',
  'file.truncated',
  'file.format',
  'file.header',
  'file.duplicate-header',
  'file.limit',
  'file.encoding',
  'file.employer-mismatch',
  'file.account',
  'file.layout',
  'file.totals',
  'file.duplicate',
  'file.name',
  'file.encryption',
  'nrn.birth-date',
  'nrn.gender',
  'nrn.repaired',
  'encoding.assumed',
  'count.unusual',
  'face-value.changed',
  'product.not-assigned',
  'product.unclear',
  'person.unknown-leaver',
  'row.stale',
  'employment-end.stale',
  'column.ignored',
  'file.seen-before',
  'file.second-sheet',
  'file.absence-skipped',
  'payroll.two-sources',
  'secretariat.created',
] as const;
export type IssueCode = (typeof ISSUE_CODES)[number];

/**
 * Something a reader of the file must know. A bad row is a value, not an exception.
 * `params` never holds cell contents: only what is accepted, counts, limits.
 */
export interface RowIssue {
  /** null for the file as a whole */
  readonly rowNumber: number | null;
  /** the layout's field name, null for the row as a whole */
  readonly columnName: string | null;
  readonly code: IssueCode;
  readonly severity: Severity;
  readonly params: Readonly<Record<string, string | number>>;
}

/** What happened to the rows of one file. `read` is the sum of all the others but `deactivated`. */
export interface FileCounts {
  read: number;
  created: number;
  updated: number;
  unchanged: number;
  reactivated: number;
  rejected: number;
  duplicateInFile: number;
  deactivated: number;
}

export const FILE_STATUSES = [
  'seen',
  'waiting',
  'fetched',
  'applied',
  'archived',
  'duplicate',
  'superseded',
  'held',
  'rejected',
  'parked',
  'gone',
] as const;
export type FileStatus = (typeof FILE_STATUSES)[number];

export const ORDER_STATUSES = ['draft', 'invoiced', 'paid', 'released', 'cancelled'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export type OrderKind = 'recurring' | 'supplement' | 'manual';

export const CARRY_REASONS = [
  'net-negative',
  'leaver.residue',
  'leaver.unordered',
  'no-card',
  'limit.yearly',
  'late',
  'written-off',
] as const;
export type CarryReason = (typeof CARRY_REASONS)[number];

/** Service fee of a contract; `percent` is decimal text, everything else integer cents. */
export type ServiceFee =
  | { readonly percent: string }
  | { readonly perVoucher: Cents }
  | { readonly perBeneficiary: Cents }
  | { readonly fixed: Cents }
  | { readonly tiers: readonly { readonly upTo: Cents | null; readonly percent: string }[] };

/** Fees of a contract. Card production is per new card; card delivery is per shipment. */
export interface ContractFees {
  readonly service?: ServiceFee;
  readonly cardProduction?: Cents;
  readonly cardDelivery?: Cents;
}

/** One movement of a bank statement, whatever format brought it. */
export interface BankEntry {
  /** 1-based position in the statement */
  readonly sequence: number;
  readonly bookedOn: Day;
  readonly valueOn: Day;
  /** signed cents of `currency`: credits positive, debits negative */
  readonly amount: Cents;
  readonly currency: string;
  /** 12 digits with valid check digits, or null */
  readonly structuredCommunication: string | null;
  readonly freeText: string;
  /** the bank's own reference, blank when it gave none */
  readonly bankReference: string;
  readonly reversal: boolean;
}

/** One bank statement of one account; balances are signed cents. */
export interface BankStatement {
  /** IBAN without spaces */
  readonly account: string;
  readonly format: 'coda' | 'camt053';
  readonly year: number;
  readonly statementNumber: string;
  readonly currency: string;
  readonly openingBalance: Cents;
  readonly closingBalance: Cents;
  readonly closingDate: Day;
  /** the bank says this is a copy of a statement it already sent */
  readonly duplicate: boolean;
  readonly entries: readonly BankEntry[];
}

export const FILE_FORMATS = ['csv', 'fixed-width', 'xlsx', 'jsonl', 'coda', 'camt053'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** Characters of a line: 1-based, inclusive. */
export type CharRange = readonly [from: number, to: number];

/** How the lines of a fixed-width file become rows when each says in its first characters what it is. */
export interface RecordTypes {
  /** where a line says its type */
  readonly type: CharRange;
  /** the type that is a row */
  readonly row: string;
  /** values that lines of a type set for the rows after them; a row's cells are its own line and then these, in this order */
  readonly context: readonly { readonly type: string; readonly name: string; readonly chars: CharRange }[];
  /** types that mean nothing to the rows, such as a header */
  readonly ignore: readonly string[];
  /** the last line, which counts the lines before it */
  readonly trailer: { readonly type: string; readonly count: CharRange } | null;
}

/** How the bytes of a layout's files become rows. */
export interface LayoutFile {
  /** the first that the content fits; a layout with several reads the same columns from each */
  readonly formats: readonly FileFormat[];
  /** `auto` (BOM, then strict UTF-8, then windows-1252 with a warning) or a named encoding */
  readonly encoding: string;
  readonly delimiter: 'auto' | ',' | ';' | '\t' | '|';
  /** row number of the header, 0 = none */
  readonly headerRow: number;
  /** xlsx only: `auto` (first visible sheet that fits), `first`, or a sheet's name */
  readonly sheet: string;
  /** regular expression for the file's name; its named groups can feed columns */
  readonly name: string | null;
  /** csv only: how many fields a row may have when that differs from its header; what stands behind the header's last is blank */
  readonly fields?: readonly [least: number, most: number] | null;
  /** fixed-width only: null when every line is a row */
  readonly rows?: RecordTypes | null;
}

export const PARSERS = [
  'text',
  'integer',
  'decimal',
  'euro',
  'cents',
  'date',
  'period',
  'national-register-number',
  'enterprise-number',
  'email',
  'language',
  'gender',
  'status',
  'delivery',
  'product',
  'sign',
  'literal',
] as const;
export type ParserName = (typeof PARSERS)[number];

/** Where one field of a layout comes from (exactly one of the sources) and how its text becomes a value. */
export interface LayoutColumn {
  readonly field: string;
  readonly source:
    | { readonly header: readonly string[] }
    /** zero-based position */
    | { readonly column: number }
    /** 1-based, inclusive */
    | { readonly chars: CharRange }
    /** a value that another line set, by its name in `file.rows` */
    | { readonly context: string }
    | { readonly group: string }
    | { readonly constant: string }
    | { readonly drop: string };
  readonly parse: ParserName;
  /** for `date` an order of DD, MM and YYYY such as `MMYYYYDD`, for `period` of MM and YYYY, for `integer` the word `hundredths` */
  readonly pattern: string | null;
  readonly required: boolean;
  readonly default: string | null;
  /** for `literal`: accepted words by resulting value */
  readonly values: Readonly<Record<string, readonly string[]>> | null;
}

/** One file shape, as configuration. */
export interface Layout {
  readonly id: string;
  readonly kind: LayoutKind;
  readonly counts: 'restated' | 'signed';
  readonly scope: Scope;
  /** payroll: what two rows of one beneficiary, product and period mean when their quantities differ */
  readonly sameKey: 'conflict' | 'sum';
  /** payroll totals: whether a full file that does not name a person any more ends what it granted before */
  readonly absent: 'keep' | 'zero';
  readonly file: LayoutFile;
  readonly columns: readonly LayoutColumn[];
}

/** A beneficiary by hand, as on the portal: what a person types is one row on the path of the files' rows. */
import { brusselsDay, endOfBrusselsDay, isoMoment } from '../../clock.ts';
import { PORTAL_FIELDS } from '../../config/layout-fields.ts';
import { RefusedError } from '../../errors.ts';
import { applyTypedBeneficiary } from '../../load/people/apply-beneficiaries.ts';
import { findBeneficiaryStatus } from '../../load/people/beneficiary-record.ts';
import { currentNumber } from '../../load/people/person-numbers.ts';
import type { Cell, Layout, LayoutColumn, ParserName } from '../../model.ts';
import { mapRow } from '../../transform/rows/map-row.ts';
import { planColumns } from '../../transform/rows/plan-columns.ts';
import { parseEnterpriseNumber } from '../../transform/values/enterprise-number.ts';
import { CLEAR_MARK } from '../../transform/values/literals.ts';
import { parseNationalRegisterNumber } from '../../transform/values/national-register-number.ts';
import type { JobContext } from '../context.ts';
import type { Word } from '../import/decide-held-plan.ts';
import { productNames } from '../import/fit-layout.ts';
import { type ToldIssue, tellIssue } from '../import/issue-text.ts';
import { stageTypedRow } from '../import/stage-rows.ts';

/** What a person can type: the portal's columns and those that only some files bring. */
export const TYPED_FIELDS: readonly string[] = [
  ...PORTAL_FIELDS.filter((field) => field !== 'nationalRegisterNumber'),
  'employmentStart',
  'employmentEnd',
  'children',
  'faceValueFrom',
];

const REQUIRED: readonly string[] = ['lastName', 'firstName', 'gender', 'birthDate', 'language', 'email'];

const PARSERS: Readonly<Record<string, ParserName>> = {
  status: 'status',
  gender: 'gender',
  birthDate: 'date',
  language: 'language',
  email: 'email',
  cardDelivery: 'delivery',
  pinDelivery: 'delivery',
  mealProduct: 'product',
  mealFaceValue: 'euro',
  secondProduct: 'product',
  thirdProduct: 'product',
  employmentStart: 'date',
  employmentEnd: 'date',
  children: 'integer',
  faceValueFrom: 'period',
};

export interface Typed {
  readonly enterpriseNumber: string;
  readonly nationalRegisterNumber: string;
  readonly outcome: 'created' | 'updated' | 'reactivated' | 'unchanged' | 'rejected';
  readonly deactivated: boolean;
  readonly issues: readonly ToldIssue[];
}

/**
 * Creates or changes one beneficiary. `fields` are named as in layouts; a blank one is emptied. The checks are those of a
 * file's row; with an error among the issues nothing was changed.
 * @throws RefusedError for a number that is none, or an employer that does not exist
 */
export async function setBeneficiary(
  context: JobContext,
  employer: string,
  person: string,
  fields: Readonly<Record<string, string>>,
  word: Word,
): Promise<Typed> {
  const { today, database, config } = context;
  const enterpriseNumber = parseEnterpriseNumber(employer);
  const parsed = parseNationalRegisterNumber(person, today);
  if (enterpriseNumber === null) throw new RefusedError('This is no enterprise number.');
  if (parsed === null) throw new RefusedError('This is no national register number.');
  const nationalRegisterNumber = await currentNumber(database.db, parsed.number);
  const known = await findBeneficiaryStatus(database.db, enterpriseNumber, nationalRegisterNumber);
  // Of somebody who is known only what was typed is said; about somebody new the portal asks everything.
  const asked = known === undefined ? TYPED_FIELDS : Object.keys(fields);
  const cells: Cell[] = asked.map((field) => {
    const text = fields[field];
    return text?.trim() === '' && !REQUIRED.includes(field) ? CLEAR_MARK : (text ?? null);
  });
  const plan = planColumns(typedLayout(enterpriseNumber, asked), {
    header: ['nationalRegisterNumber', ...asked],
    format: 'xlsx',
    groups: {},
    set: {},
    products: productNames(config),
    today,
  });
  const row = mapRow(plan, { rowNumber: 1, cells: [nationalRegisterNumber, ...cells] });
  const latest = endOfBrusselsDay(today);
  const source = {
    fileId: null,
    secretariat: 'issuer',
    receivedOn: today,
    asOf: isoMoment(brusselsDay(context.now) === today ? context.now : latest),
    word,
  };
  const { counts, issues } = await database.withSession(async (session) => {
    await stageTypedRow(session, row);
    return session.db.transaction().execute((db) => applyTypedBeneficiary(db, source, today));
  });
  if (issues.some(({ code }) => code === 'mandate.missing')) throw new RefusedError('There is no such employer.');
  const outcomes = ['created', 'updated', 'reactivated', 'unchanged'] as const;
  const outcome = outcomes.find((each) => counts[each] > 0) ?? 'rejected';
  if (outcome !== 'rejected' && outcome !== 'unchanged') {
    context.log('beneficiary.typed', { enterpriseNumber, status: outcome });
  }
  return {
    enterpriseNumber,
    nationalRegisterNumber,
    outcome,
    deactivated: counts.deactivated > 0,
    issues: issues.map((issue) => tellIssue(issue, config.messages, 'en', {})),
  };
}

/** Ends an active beneficiary today, with the reason `by-hand`. @throws RefusedError when there is none, or it is inactive */
export async function deactivateBeneficiary(
  context: JobContext,
  employer: string,
  person: string,
  word: Word,
): Promise<Typed> {
  const { db } = context.database;
  const enterpriseNumber = parseEnterpriseNumber(employer) ?? '';
  const number = parseNationalRegisterNumber(person, context.today)?.number ?? '';
  const status = await findBeneficiaryStatus(db, enterpriseNumber, await currentNumber(db, number));
  if (status === undefined) throw new RefusedError('There is no such beneficiary.');
  if (status === 'inactive') throw new RefusedError('This beneficiary is inactive already.');
  return setBeneficiary(context, employer, person, { status: 'inactive' }, word);
}

function typedLayout(enterpriseNumber: string, fields: readonly string[]): Layout {
  const column = (field: string, parse: ParserName, required: boolean): LayoutColumn => ({
    field,
    source: { header: [field] },
    parse,
    pattern: null,
    required,
    default: null,
    values: null,
  });
  return {
    id: 'typed',
    kind: 'beneficiaries',
    counts: 'restated',
    scope: 'delta',
    sameKey: 'conflict',
    absent: 'keep',
    file: { formats: ['xlsx'], encoding: 'auto', delimiter: 'auto', headerRow: 1, sheet: 'first', name: null },
    columns: [
      {
        ...column('enterpriseNumber', 'enterprise-number', true),
        source: { constant: enterpriseNumber },
      },
      column('nationalRegisterNumber', 'national-register-number', true),
      ...fields.map((field) => column(field, PARSERS[field] ?? 'text', REQUIRED.includes(field))),
    ],
  };
}

/** The columns of a beneficiary that files and people can set, each with its field name and SQL type; the one list of them. */

export interface BeneficiaryColumn {
  readonly column: string;
  /** name in layouts, JSON and messages */
  readonly field: string;
  readonly type: 'text' | 'date' | 'integer';
}

const text = (column: string, field: string): BeneficiaryColumn => ({ column, field, type: 'text' });

/** Set straight from a row's value: blank keeps, the clear mark empties. */
export const PLAIN_COLUMNS: readonly BeneficiaryColumn[] = [
  text('personnel_number', 'personnelNumber'),
  text('last_name', 'lastName'),
  text('first_name', 'firstName'),
  text('other_name', 'otherName'),
  text('gender', 'gender'),
  { column: 'birth_date', field: 'birthDate', type: 'date' },
  text('language', 'language'),
  text('email', 'email'),
  { column: 'employment_start', field: 'employmentStart', type: 'date' },
  text('card_street', 'cardStreet'),
  text('card_house_number', 'cardHouseNumber'),
  text('card_box', 'cardBox'),
  text('card_postal_code', 'cardPostalCode'),
  text('card_city', 'cardCity'),
  text('card_address_extra', 'cardAddressExtra'),
  text('pin_delivery', 'pinDelivery'),
  text('pin_street', 'pinStreet'),
  text('pin_house_number', 'pinHouseNumber'),
  text('pin_box', 'pinBox'),
  text('pin_postal_code', 'pinPostalCode'),
  text('pin_city', 'pinCity'),
  text('pin_address_extra', 'pinAddressExtra'),
];

/** Need more than the row's own value: a reference, a default, or another column. */
export const RESOLVED_COLUMNS: readonly BeneficiaryColumn[] = [
  { column: 'children', field: 'children', type: 'integer' },
  { column: 'employment_end', field: 'employmentEnd', type: 'date' },
  text('status', 'status'),
  text('card_country', 'cardCountry'),
  text('pin_country', 'pinCountry'),
  text('cost_center', 'costCenter'),
  text('card_delivery', 'cardDelivery'),
  text('card_delivery_point', 'cardDeliveryPoint'),
  text('pin_delivery_point', 'pinDeliveryPoint'),
  text('extra1', 'extra1'),
  text('extra2', 'extra2'),
  text('extra3', 'extra3'),
];

/** Products of a row, and from which month its face value holds. */
export const PRODUCT_COLUMNS: readonly BeneficiaryColumn[] = [
  text('meal_product', 'mealProduct'),
  { column: 'meal_face_value', field: 'mealFaceValue', type: 'integer' },
  text('second_product', 'secondProduct'),
  text('third_product', 'thirdProduct'),
  text('face_value_from', 'faceValueFrom'),
];

/** Columns that a row's plan decides, as they stand in `beneficiary`; compared to tell an update from an unchanged row. */
export const PLANNED_COLUMNS: readonly string[] = [
  ...PLAIN_COLUMNS.map((one) => one.column),
  'children',
  'employment_end',
  'status',
  'status_reason',
  'cost_center',
  'card_delivery',
  'card_delivery_point',
  'pin_delivery_point',
  'card_country',
  'pin_country',
  'extra',
];

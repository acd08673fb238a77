/** Rows of the database as JSON documents show them: the columns' names in camel case. */

/** Only the keys change; what a JSON column holds stays as it is stored. */
export function camelCaseKeys(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}

/** A layout for tests of files about several employers: the portal's columns, an employer behind them, and a day in the name if there is one. */
import { PORTAL_FIELDS } from '../../src/config/layout-fields.ts';
import type { JobContext } from '../../src/jobs/context.ts';
import type { Layout, LayoutColumn } from '../../src/model.ts';
import { type PortalRow, portalCsv } from './portal-rows.ts';

export const PEOPLE_OF_MANY = 'people-of-many';

/** The context with a layout beside its own, which `change` makes of the portal's. */
export function withLayout(context: JobContext, id: string, change: (layout: Layout) => Layout): JobContext {
  const shipped = context.config.layouts.get('beneficiaries-portal');
  if (shipped === undefined) throw new Error('this layout ships');
  const layout = { layout: { ...change(shipped.layout), id }, hash: id };
  return { ...context, config: { ...context.config, layouts: new Map([...context.config.layouts, [id, layout]]) } };
}

export function withPeopleOfMany(context: JobContext): JobContext {
  const column = (field: string, source: LayoutColumn['source'], parse: LayoutColumn['parse']): LayoutColumn => ({
    field,
    source,
    parse,
    pattern: null,
    required: false,
    default: null,
    values: null,
  });
  return withLayout(context, PEOPLE_OF_MANY, (portal) => ({
    ...portal,
    file: { ...portal.file, name: '^(?:(?<day>\\d{8})_)?.*' },
    columns: [
      ...portal.columns.filter(({ field }) => field !== 'enterpriseNumber'),
      column('enterpriseNumber', { column: PORTAL_FIELDS.length }, 'enterprise-number'),
      column('asOf', { group: 'day' }, 'date'),
    ],
  }));
}

/** Each employer with its rows, as one file. */
export function textOfMany(employers: Readonly<Record<string, readonly PortalRow[]>>): string {
  const [header = ''] = portalCsv([]).split('\r\n');
  const lines = Object.entries(employers).flatMap(([employer, rows]) =>
    portalCsv(rows)
      .split('\r\n')
      .slice(1, -1)
      .map((line) => `${line};${employer}`),
  );
  return [`${header};employer`, ...lines, ''].join('\r\n');
}

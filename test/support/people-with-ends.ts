/** A layout of people that also says ends of employment, as the portal's workbook does not. */
import type { JobContext } from '../../src/jobs/context.ts';
import type { LayoutColumn } from '../../src/model.ts';

/** The portal's columns and two behind them. */
export function withEnds(context: JobContext): JobContext {
  const portal = context.config.layouts.get('beneficiaries-portal');
  if (portal === undefined) throw new Error('this layout ships');
  const column = (field: string, at: number, parse: LayoutColumn['parse']): LayoutColumn => ({
    field,
    source: { column: at },
    parse,
    pattern: null,
    required: false,
    default: null,
    values: null,
  });
  const columns = [
    ...portal.layout.columns,
    column('employmentEnd', 36, 'date'),
    column('faceValueFrom', 37, 'period'),
  ];
  const layout = { ...portal, layout: { ...portal.layout, id: 'people-with-ends', columns } };
  return {
    ...context,
    config: { ...context.config, layouts: new Map([...context.config.layouts, ['people-with-ends', layout]]) },
  };
}

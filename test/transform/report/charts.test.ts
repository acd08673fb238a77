/** The drawings of the report: where each column and each part begins and ends. */
import { expect, test } from 'vitest';
import { columnChart, shareBar } from '../../../src/transform/report/charts.ts';

const look = { tell: (value: number) => `<${value}>`, tones: ['part', 'whole'] as const, described: 'a & b' };

/** Every `<rect>` of a drawing by its attributes. */
function rects(svg: string): Record<string, string>[] {
  return [...svg.matchAll(/<rect ([^>]*)\/>/g)].map(([, attributes = '']) =>
    Object.fromEntries([...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value])),
  );
}

test('columns stand on one floor, the highest one fills the room, and the part is in front', () => {
  const svg = columnChart(
    [
      { label: 'Oct', value: 200, part: 50 },
      { label: 'Nov', value: 100, part: 0 },
    ],
    look,
  );
  const common = { width: '115.2', rx: '2' };
  expect(rects(svg)).toEqual([
    { x: '32.4', y: '18.0', height: '140.0', class: 'whole', ...common },
    { x: '32.4', y: '123.0', height: '35.0', class: 'part', ...common },
    { x: '212.4', y: '88.0', height: '70.0', class: 'whole', ...common },
    { x: '212.4', y: '158.0', height: '0.0', class: 'part', ...common },
  ]);
  expect(svg).toContain('<svg viewBox="0 0 360 180" role="img" aria-label="a &amp; b">');
  expect(svg).toContain('<line x1="0" x2="360" y1="158" y2="158" class="line"/>');
  expect(svg).toContain('<text x="90.0" y="13.0">&lt;200&gt;</text>');
  expect(svg).toContain('<text x="270.0" y="83.0">&lt;100&gt;</text>');
  expect(svg).toContain('<text x="90.0" y="174" class="soft">Oct</text>');
});

test('nothing has no height and no number; less than nothing neither; a part may be higher than its whole', () => {
  const nothing = columnChart([{ label: 'Oct', value: 0, part: 0 }], look);
  expect(rects(nothing).map(({ height }) => height)).toEqual(['0.0', '0.0']);
  expect(nothing.match(/<text/g)).toHaveLength(1);
  const less = columnChart([{ label: 'Oct', value: -5, part: -5 }], look);
  expect(rects(less).map(({ height }) => height)).toEqual(['0.0', '0.0']);
  const more = columnChart([{ label: 'Oct', value: 10, part: 20 }], look);
  expect(rects(more).map(({ height }) => height)).toEqual(['70.0', '140.0']);
  expect(rects(columnChart([], look))).toEqual([]);
});

test('parts of a bar follow each other and fill it; one that is nothing is not drawn', () => {
  const bar = shareBar(
    [
      { value: 3, tone: 'a' },
      { value: 0, tone: 'b' },
      { value: 1, tone: 'c' },
    ],
    '3 & 1',
  );
  expect(rects(bar)).toEqual([
    { x: '0.00', width: '75.00', height: '6', class: 'a' },
    { x: '75.00', width: '25.00', height: '6', class: 'c' },
  ]);
  expect(bar).toContain('aria-label="3 &amp; 1"');
  expect(rects(shareBar([{ value: 0, tone: 'a' }], 'nothing'))).toEqual([]);
});

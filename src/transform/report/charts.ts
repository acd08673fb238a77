/** Drawings of the report as inline SVG: columns month beside month, and one bar shared out. */
import { escapeHtml } from '../values/escape-html.ts';

export interface Column {
  readonly label: string;
  readonly value: number;
  /** of the value, drawn in front of it */
  readonly part: number;
}

const WIDTH = 360;
const HEIGHT = 180;
const FOOT = 22;
const TOP = 18;

export interface ColumnLook {
  /** what stands above a column */
  readonly tell: (value: number) => string;
  /** classes of the page's styles: of the part, and of the whole behind it */
  readonly tones: readonly [part: string, whole: string];
  /** what is drawn, in words */
  readonly described: string;
}

export function columnChart(columns: readonly Column[], { tell, tones, described }: ColumnLook): string {
  const most = Math.max(1, ...columns.map(({ value, part }) => Math.max(value, part)));
  const room = WIDTH / Math.max(1, columns.length);
  const height = (value: number): number => (Math.max(0, value) / most) * (HEIGHT - FOOT - TOP);
  const floor = HEIGHT - FOOT;
  const drawn = columns.map(({ label, value, part }, index) => {
    const left = index * room + room * 0.18;
    const middle = (index + 0.5) * room;
    const rect = (of: number, tone: string): string =>
      `<rect x="${left.toFixed(1)}" y="${(floor - height(of)).toFixed(1)}" width="${(room * 0.64).toFixed(1)}" height="${height(of).toFixed(1)}" rx="2" class="${tone}"/>`;
    const amount =
      value === 0
        ? ''
        : `<text x="${middle.toFixed(1)}" y="${(floor - height(value) - 5).toFixed(1)}">${escapeHtml(tell(value))}</text>`;
    return `${rect(value, tones[1])}${rect(part, tones[0])}${amount}<text x="${middle.toFixed(1)}" y="${HEIGHT - 6}" class="soft">${escapeHtml(label)}</text>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(described)}"><line x1="0" x2="${WIDTH}" y1="${floor}" y2="${floor}" class="line"/>${drawn.join('')}</svg>`;
}

/** One bar of full width; `tone` is a class of the page's styles. */
export function shareBar(
  parts: readonly { readonly value: number; readonly tone: string }[],
  described: string,
): string {
  const whole = Math.max(
    1,
    parts.reduce((sum, { value }) => sum + value, 0),
  );
  let left = 0;
  const drawn = parts.map(({ value, tone }) => {
    const width = (100 * value) / whole;
    const rect =
      value === 0 ? '' : `<rect x="${left.toFixed(2)}" width="${width.toFixed(2)}" height="6" class="${tone}"/>`;
    left += width;
    return rect;
  });
  return `<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(described)}">${drawn.join('')}</svg>`;
}

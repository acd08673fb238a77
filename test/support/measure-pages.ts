/** Measures pages in a browser, each in a frame of a given width: what sticks out, what is cut off, what is hard to read. */
import { type Colours, dumpPage } from './chromium.ts';

export interface Measured {
  readonly name: string;
  readonly width: number;
  /** of the whole page, in CSS pixels */
  readonly scrollWidth: number;
  readonly height: number;
  /** texts of elements that stand outside the frame or are wider than their own box */
  readonly clipped: readonly string[];
  /** smallest contrast of a text with what lies behind it (WCAG 2, from 1 to 21) */
  readonly contrast: number;
  /** background of the page, to see that the colour scheme took */
  readonly background: string;
}

/** Runs in the browser; written as text because nothing of the test exists there. */
const SCRIPT = `
const channels = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
const luminance = ([r, g, b]) => {
  const part = (c) => { const s = c / 255; return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; };
  return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
};
const behind = (node) => {
  for (let at = node; at; at = at.parentElement) {
    const colour = channels(getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const measure = (frame) => {
  const page = frame.contentDocument;
  const root = page.documentElement;
  const clipped = [];
  let contrast = 21;
  for (const node of page.body.querySelectorAll('*')) {
    const box = node.getBoundingClientRect();
    // What is drawn in an SVG has no box of CSS: some releases of Chromium give it a width that says nothing of what is seen.
    const isDrawn = node.ownerSVGElement != null;
    const isCut = !isDrawn && node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1;
    if (box.left < -0.5 || box.right > frame.clientWidth + 0.5 || isCut) {
      clipped.push(node.tagName + ' ' + node.textContent.trim().slice(0, 40));
    }
    const isText = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim() !== '');
    if (!isText) continue;
    const [a, b] = [luminance(channels(getComputedStyle(node).color)), luminance(behind(node))].sort((x, y) => y - x);
    contrast = Math.min(contrast, (a + 0.05) / (b + 0.05));
  }
  return { name: frame.name, width: frame.clientWidth, scrollWidth: root.scrollWidth, height: root.scrollHeight, clipped,
           contrast: Math.round(contrast * 100) / 100, background: getComputedStyle(page.body).backgroundColor };
};
addEventListener('load', () => {
  const found = [...document.querySelectorAll('iframe')].map(measure);
  const result = document.createElement('pre');
  result.id = 'measured';
  result.textContent = JSON.stringify(found);
  document.body.replaceChildren(result);
});
`;

/** Every page at every width, by one run of the browser. */
export function measurePages(
  pages: readonly { readonly name: string; readonly html: string }[],
  widths: readonly number[],
  colours: Colours,
): Measured[] {
  const frames = pages.flatMap(({ name, html }) =>
    widths.map((width) => {
      const source = html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
      return `<iframe name="${name} ${width}" style="border:0;width:${width}px;height:600px" srcdoc="${source}"></iframe>`;
    }),
  );
  const html = `<!DOCTYPE html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><script>${SCRIPT}</script><body>${frames.join('')}</body>`;
  const dumped = dumpPage(html, { width: 1000, height: 800, colours });
  const text = /<pre id="measured">([^<]*)<\/pre>/.exec(dumped)?.[1] ?? '[]';
  const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  return JSON.parse(plain) as Measured[];
}

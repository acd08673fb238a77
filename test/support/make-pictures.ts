/** `npm run pictures`: what notices, the report of a month and `navette status` look like, as the pictures in `docs/img`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statusLines } from '../../src/commands/status-lines.ts';
import { monthPage } from '../../src/transform/report/month-page.ts';
import { escapeHtml } from '../../src/transform/values/escape-html.ts';
import { type Colours, picturePage } from './chromium.ts';
import { measurePages } from './measure-pages.ts';
import { monthSample } from './month-sample.ts';
import { noticePages } from './notice-pages.ts';
import { STATUS_SAMPLE } from './status-sample.ts';

const FOLDER = join(import.meta.dirname, '../../docs/img');
const PHONE = 390;
const SCREEN = 800;
/** One language a kind, each way of looking at it at least once; `--all <folder>` makes every one. */
const SHOWN: readonly (readonly [kind: string, language: string, width: number, colours: Colours])[] = [
  ['invoice', 'fr', SCREEN, 'light'],
  ['invoice', 'nl', PHONE, 'light'],
  ['reminder-1', 'nl', SCREEN, 'light'],
  ['reminder-1', 'de', PHONE, 'dark'],
  ['credit-note', 'en', SCREEN, 'dark'],
  ['credit-note', 'de', PHONE, 'light'],
];

const pages = noticePages();
const [option, everything] = process.argv.slice(2);
const folder = option === '--all' && everything !== undefined ? everything : FOLDER;
mkdirSync(folder, { recursive: true });
for (const { kind, language, html } of pages) {
  for (const width of [PHONE, SCREEN]) {
    for (const colours of ['light', 'dark'] as const) {
      const isShown = SHOWN.some((one) => [kind, language, width, colours].every((word, index) => one[index] === word));
      if (folder === FOLDER && !isShown) continue;
      const [measured] = measurePages([{ name: kind, html }], [width], colours);
      const picture = picturePage(html, { width, height: measured?.height ?? 1200, colours });
      const size = width === PHONE ? 'phone' : 'screen';
      writeFileSync(join(folder, `notice-${kind}-${language}-${size}-${colours}.png`), picture);
    }
  }
}

const report = monthPage(monthSample());
for (const [name, width, colours] of [
  ['report-screen-light', 1280, 'light'],
  ['report-screen-dark', 1280, 'dark'],
  ['report-phone-dark', PHONE, 'dark'],
] as const) {
  const [measured] = measurePages([{ name, html: report }], [width], colours);
  writeFileSync(join(folder, `${name}.png`), picturePage(report, { width, height: measured?.height ?? 2600, colours }));
}

/** A terminal, as one sees it. */
const terminal = `<!DOCTYPE html><meta charset="utf-8"><style>
body { margin: 0; background: #14181d; color: #dfe5ea; font: 14px/1.5 'DejaVu Sans Mono', 'Liberation Mono', monospace; padding: 22px 26px; }
p { margin: 0 0 10px; color: #8fa0ae; } b { color: #6cc9b2; font-weight: 400; } pre { margin: 0; font: inherit; }</style>
<p><b>$</b> navette status</p><pre>${statusLines(STATUS_SAMPLE).map(escapeHtml).join('\n')}</pre>`;
const [screen] = measurePages([{ name: 'status', html: terminal }], [1120], 'dark');
writeFileSync(
  join(folder, 'status.png'),
  picturePage(terminal, { width: 1120, height: screen?.height ?? 900, colours: 'dark' }),
);

/** `npm run pictures`: what the notices look like, as the pictures in `docs/img`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Colours, picturePage } from './chromium.ts';
import { measurePages } from './measure-pages.ts';
import { noticePages } from './notice-pages.ts';

const FOLDER = join(import.meta.dirname, '../../docs/img');
const PHONE = 390;
const SCREEN = 800;
/** One language a kind, each way of looking at it at least once; `--all <folder>` makes every one. */
const SHOWN: readonly (readonly [kind: string, language: string, width: number, colours: Colours])[] = [
  ['invoice', 'fr', SCREEN, 'light'],
  ['invoice', 'nl', PHONE, 'light'],
  ['reminder', 'nl', SCREEN, 'light'],
  ['reminder', 'de', PHONE, 'dark'],
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

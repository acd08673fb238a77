/** Debian's Chromium without a window: what a page looks like, and what a script in it finds. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Colours = 'light' | 'dark';

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--hide-scrollbars'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
/** Blink's own numbers for the preferred colour scheme. */
const PREFERRED = { dark: 0, light: 1 } as const;

interface View {
  readonly width: number;
  readonly height: number;
  readonly colours: Colours;
}

/** The page as it is when its scripts have run. */
export function dumpPage(html: string, view: View): string {
  return run(html, view, () => ['--dump-dom']).output;
}

/** A PNG of the window. */
export function picturePage(html: string, view: View): Buffer {
  return run(html, view, (folder) => [`--screenshot=${join(folder, 'page.png')}`]).picture;
}

function run(html: string, { width, height, colours }: View, job: (folder: string) => readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'navette-chromium-'));
  try {
    const page = join(folder, 'page.html');
    writeFileSync(page, html);
    const words = job(folder);
    const view = [`--window-size=${width},${height}`, `--blink-settings=preferredColorScheme=${PREFERRED[colours]}`];
    const output = execFileSync(
      'chromium',
      [...FLAGS, ...view, `--user-data-dir=${folder}`, ...words, `file://${page}`],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 60_000,
        maxBuffer: 2 ** 26,
      },
    );
    return { output, picture: words[0] === '--dump-dom' ? Buffer.alloc(0) : readFileSync(join(folder, 'page.png')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

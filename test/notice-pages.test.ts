/** Every notice in a real browser: on a phone and on a screen, light and dark, nothing sticks out and everything can be read. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { picturePage } from './support/chromium.ts';
import { measurePages } from './support/measure-pages.ts';
import { noticePages } from './support/notice-pages.ts';

const WIDTHS = [390, 800];
const HARD = {
  employerName: `Donaudampfschifffahrtsgesellschaft${'skapitän'.repeat(6)} & Co`,
  costCenterLabel: 'Kostenplaats-met-een-lange-naam-zonder-spaties-die-niet-past-op-een-telefoon',
  orderReference: 'CHEQUES_REPAS_NOVEMBRE_2026_SIEGE_SOCIAL_ET_SUCCURSALES_DE_WALLONIE',
  faceValueTotal: 98_765_432_100,
  total: 98_765_438_034,
};
const named = (pages: ReturnType<typeof noticePages>) =>
  pages.map(({ kind, language, html }) => ({ name: `${kind} ${language}`, html }));

describe.each(['light', 'dark'] as const)('%s', (colours) => {
  test.each([
    ['the usual names', {}],
    ['names and amounts that are hard to fit', HARD],
  ])('four languages, four kinds, two widths: %s', { timeout: 60_000 }, (_, changed) => {
    const measured = measurePages(named(noticePages(changed)), WIDTHS, colours);
    expect(measured).toHaveLength(32);
    expect(measured.filter((page) => page.scrollWidth > page.width || page.clipped.length > 0)).toEqual([]);
    expect(measured.filter((page) => page.contrast < 4.5)).toEqual([]);
    const isDark = measured.map((page) => /^rgb\(\d{1,2},/.test(page.background));
    expect(new Set(isDark)).toEqual(new Set([colours === 'dark']));
  });

  test('the QR code on the screen is read by another program', { timeout: 60_000 }, () => {
    const [page] = noticePages();
    const folder = mkdtempSync(join(tmpdir(), 'navette-page-'));
    try {
      writeFileSync(join(folder, 'page.png'), picturePage(page?.html ?? '', { width: 390, height: 1700, colours }));
      const read = execFileSync('zbarimg', ['--quiet', '--nodbus', '--raw', join(folder, 'page.png')], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(read.trimEnd()).toBe(page?.qrText);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test('a page that does not fit is seen', { timeout: 60_000 }, () => {
  const html = '<!DOCTYPE html><body style="margin:0"><p style="width:500px;color:#aaaaaa">too wide and too pale</p>';
  const [page] = measurePages([{ name: 'wide', html }], [390], 'light');
  expect(page).toMatchObject({ scrollWidth: 500, clipped: [expect.stringMatching(/^P too wide/)] });
  expect(page?.contrast).toBeLessThan(3);
});

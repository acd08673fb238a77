/** The report of a month in a real browser: at every width, by day and by night, without scripts, errors or anybody's name. */
import { describe, expect, test } from 'vitest';
import { monthPage } from '../src/transform/report/month-page.ts';
import { sumMonths } from '../src/transform/report/month-report.ts';
import { dumpPage } from './support/chromium.ts';
import { measurePages } from './support/measure-pages.ts';
import { monthSample } from './support/month-sample.ts';

const nothing = monthSample({
  ...{ senders: [], refusals: [], products: [], openInvoices: [], entriesToDecide: [] },
  months: sumMonths('2026-11', [], []),
});
const sample = monthSample();
const large = monthSample({
  senders: sample.senders.map((sender) => ({
    ...sender,
    name: 'Sozialversicherungssekretariat'.repeat(2),
    rows: 123_456_789,
  })),
  products: sample.products.map((product) => ({ ...product, name: 'Sport & <culture>', total: 98_765_432_100 })),
});
const PAGES = [
  { name: 'usual', html: monthPage(sample) },
  { name: 'nothing', html: monthPage(nothing) },
  { name: 'large', html: monthPage(large) },
];

describe.each(['light', 'dark'] as const)('%s', (colours) => {
  test('nothing sticks out and everything can be read, at 390 and at 1280', { timeout: 60_000 }, () => {
    const measured = measurePages(PAGES, [390, 1280], colours);
    expect(measured).toHaveLength(6);
    expect(measured.filter(({ clipped, scrollWidth, width }) => clipped.length > 0 || scrollWidth > width)).toEqual([]);
    expect(measured.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
  });
});

test('a browser has nothing to say about it', { timeout: 60_000 }, () => {
  // What a page logs or fails to load is heard by a script that stands before everything else.
  const ear = `<script>window.heard = []; addEventListener('error', (e) => heard.push(e.message || e.target.src), true);
    for (const level of ['error', 'warn']) console[level] = (...words) => heard.push(words.join(' '));
    addEventListener('load', () => { document.documentElement.dataset.heard = JSON.stringify([heard, performance.getEntriesByType('resource').map((one) => one.name)]); });</script>`;
  for (const { html } of PAGES) {
    const dumped = dumpPage(html.replace('<head>', `<head>${ear}`), { width: 1280, height: 900, colours: 'light' });
    expect(/data-heard="([^"]*)"/.exec(dumped)?.[1]).toBe('[[],[]]');
  }
});

test('the page has landmarks, one heading of the first rank, labels for what is drawn, and no script', () => {
  for (const { html } of PAGES) {
    expect(html).toMatch(/<html lang="en">[\s\S]*<header>[\s\S]*<main>[\s\S]*<footer>/);
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html).not.toMatch(/<script|https?:|url\(/);
    const drawn = html.match(/<svg [^>]*>/g) ?? [];
    const unlabelled = drawn.filter((svg) => !/aria-label="[^"]+"|aria-hidden/.test(svg));
    // Those of a key stand in a list that is hidden as a whole.
    expect(unlabelled.filter((svg) => svg !== '<svg viewBox="0 0 10 10">')).toEqual([]);
    const sections = html.match(/<section[^>]*>/g) ?? [];
    expect(sections.length).toBeGreaterThan(4);
    expect(sections.filter((section) => !/aria-label(?:ledby)?=/.test(section))).toEqual([]);
  }
  expect(PAGES[2]?.html).toContain('Sport &amp; &lt;culture&gt;');
});

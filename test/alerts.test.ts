/** The alert rules that are shipped: valid YAML, about metrics that there are, and answered in the operator's book. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readTimetable } from '../src/jobs/cron.ts';
import { createMetrics } from '../src/jobs/health/metrics.ts';
import { LOG_EVENTS } from '../src/log-events.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const text = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const { groups } = parse(text('docs/alerts.yaml')) as { groups: readonly { readonly rules: readonly Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

test('every metric of a rule is served, with the labels that the rule names', async () => {
  const page = await createMetrics().page(null);
  const known = new Set([...page.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]));
  const named = rules.flatMap(({ expr }) => [...expr.matchAll(/navette_\w+/g)].map(([name]) => name));
  expect(named.length).toBeGreaterThan(rules.length - 1);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('what a rule calls absent is served while the database is away: only a worker that is gone takes it with it', async () => {
  const page = await createMetrics().page(null);
  const named = rules.flatMap(({ expr }) => [...expr.matchAll(/absent\((navette_\w+)/g)].map(([, name = '']) => name));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !new RegExp(`^${name}[ {]`, 'm').test(page))).toEqual([]);
});

test('every event is served from the start, as 0: a rule about an increase hears of the first one', async () => {
  const page = await createMetrics().page(null);
  const served = [...page.matchAll(/^navette_events_total\{event="([^"]+)",level="([^"]+)"\} (\S+)$/gm)];
  expect(served.map(([, event, level, value]) => [event, level, value])).toEqual(
    Object.entries(LOG_EVENTS).map(([event, [level]]) => [event, level, '0']),
  );
});

test('every rule says how bad it is, and the book says what to do', () => {
  const book = text('docs/operations.md');
  const wrong = rules.filter(
    ({ alert, labels, annotations }) =>
      !['page', 'ticket'].includes(labels.severity) ||
      annotations.runbook !== `docs/operations.md#${alert.toLowerCase()}` ||
      !book.includes(`#### ${alert}\n`),
  );
  expect(wrong.map(({ alert }) => alert)).toEqual([]);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
});

test('files that our own disk refused are counted by reason, from 0 on', async () => {
  const metrics = createMetrics();
  const log = metrics.counting(() => undefined);
  expect(await metrics.page(null)).toContain('navette_files_postponed_total{reason="disk_full"} 0\n');
  log('file.postponed', { drop: 'alpha', reason: 'disk_full' });
  log('file.waiting', { drop: 'alpha', reason: 'disk_full' });
  expect(await metrics.page(null)).toContain('navette_files_postponed_total{reason="disk_full"} 1\n');
});

test('the alarms that somebody needs are there', () => {
  const told = rules.map(({ expr }) => expr).join('\n');
  const wanted = [
    'notice.channel_down',
    'file.archive_failed',
    'file.rejects_lost',
    'order.parked',
    'disk_full|store_failed',
  ];
  expect(wanted.filter((name) => !told.includes(`"${name}"`))).toEqual([]);
});

test('a drop of which an outage is told is not told a second time as one that nobody visits', () => {
  const unvisited = rules.find(({ alert }) => alert === 'NavetteDropUnvisited')?.expr ?? '';
  const down = rules.find(({ alert }) => alert === 'NavetteDropDown')?.expr ?? '';
  expect(down).not.toBe('');
  const [, without = ''] = unvisited.split(' unless ');
  // Both sides go by the same label, or the one would never take away the other.
  expect(without).toBe(`(${down})`);
  expect([...unvisited.matchAll(/by \((\w+)\)/g)].map(([, label]) => label)).toEqual(['drop', 'drop']);
});

/** Milliseconds that an hour or minutes of PromQL are. */
const lengthOf = (text: string): number => Number.parseInt(text, 10) * (text.endsWith('h') ? 3_600_000 : 60_000);

test('a rule that counts tries can be reached by the schedule that is shipped, with one try to spare', () => {
  const navette = parse(text('config/navette.yaml')) as { schedule: Readonly<Record<string, string>> };
  const { expr = '' } = rules.find(({ alert }) => alert === 'NavetteChannelDown') ?? {};
  const [, range = '', above = ''] = /increase\(.*\[(\w+)\]\)\) > (\d+)/.exec(expr) ?? [];
  const { nextDue } = readTimetable(navette.schedule['notices'] ?? '');
  const began = Date.parse('2026-12-10T00:00:00Z');
  let tries = 0;
  for (let at = nextDue(began); at !== null && at <= began + lengthOf(range); at = nextDue(at)) tries += 1;
  expect(tries - 1).toBeGreaterThan(Number(above));
});

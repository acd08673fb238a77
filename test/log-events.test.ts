/** The catalogue of log events in the operator's book says what the code says, and the code logs nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LOG_EVENTS } from '../src/log-events.ts';
import { readLogUses } from './support/log-uses.ts';

const book = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8');
const rows = [...book.matchAll(/^\| `([a-z-]+\.[a-z_]+)` \| (\w+) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/gm)].map(
  ([, event = '', level = '', fields = '', meaning = '', answer = '']) => ({
    event,
    level,
    fields: [...fields.matchAll(/`(\w+)`/g)].map(([, field = '']) => field),
    meaning: meaning.trim(),
    answer: answer.trim(),
  }),
);
const uses = readLogUses();

test('the catalogue has every event once, with its level and its sentence', () => {
  const told = rows.map(({ event, level, meaning }) => [event, level, meaning]);
  const known = Object.entries(LOG_EVENTS).map(([event, [level, sentence]]) => [event, level, sentence]);
  expect(told).toEqual(known);
});

test('every event says what to do about it; one that is worse than info never says: nothing, and no more', () => {
  expect(rows.filter(({ answer }) => answer === '').map(({ event }) => event)).toEqual([]);
  const silent = rows.filter(({ level, answer }) => ['warn', 'error'].includes(level) && answer === 'Nothing.');
  expect(silent.map(({ event }) => event)).toEqual([]);
});

test('every fact that the code gives an event stands in its row', () => {
  const missing = rows.flatMap(({ event, fields }) =>
    [...(uses.get(event) ?? [])].filter((fact) => !fields.includes(fact)).map((fact) => `${event} ${fact}`),
  );
  expect(missing).toEqual([]);
  expect([...uses.keys()].filter((event) => !(event in LOG_EVENTS))).toEqual([]);
  // The reader of the source is not blind: most events have facts.
  expect([...uses.values()].filter((facts) => facts.size > 0).length).toBeGreaterThan(50);
});

test('no event is on the list without being logged somewhere', () => {
  const src = new URL('../src', import.meta.url).pathname;
  const paths = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const text = paths
    .filter((path) => path !== 'log-events.ts')
    .map((path) => readFileSync(join(src, path), 'utf8'))
    .join('\n');
  expect(Object.keys(LOG_EVENTS).filter((event) => !text.includes(`'${event}'`))).toEqual([]);
});

test('places that the book points to are in it', () => {
  const anchors = new Set(
    [...book.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
  const pointed = [...book.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
  expect(pointed.filter((anchor) => !anchors.has(anchor))).toEqual([]);
});

/** The page about layouts: every layout has its section, and every line shown there is read without a fault. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fieldsOfKind } from '../src/config/layout-fields.ts';
import { layoutShape, toLayout } from '../src/config/layouts.ts';
import type { ConfiguredLayout } from '../src/config.ts';
import { readCamtFile } from '../src/ingest/statements/read-camt.ts';
import { readCodaFile } from '../src/ingest/statements/read-coda.ts';
import { readJsonl } from '../src/ingest/text/read-jsonl.ts';
import { fitLayout } from '../src/jobs/import/fit-layout.ts';
import { PARSERS } from '../src/model.ts';
import { parseEmployerLine } from '../src/transform/employers/employer-line.ts';
import { mapRow } from '../src/transform/rows/map-row.ts';
import { checkPayrollRow } from '../src/transform/rows/payroll-row.ts';
import { CONFIG, TODAY } from './support/layout-fixtures.ts';

const PAGE = readFileSync('docs/layouts.md', 'utf8');
const folder = await mkdtemp(join(tmpdir(), 'navette-examples-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Example {
  readonly layout: string;
  readonly name: string;
  readonly set: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What stands in a block is a file; a line that begins like a ruler is none of it. */
const EXAMPLES: readonly Example[] = [...PAGE.matchAll(/^```text (layout=.*)\n([\s\S]*?)^```$/gm)].map((block) => {
  const given = new Map((block[1] ?? '').split(' ').map((pair) => pair.split('=') as [string, string]));
  const { layout = '', name = '', ...set } = Object.fromEntries(given);
  return { layout, name, set, text: (block[2] ?? '').replace(/^\.{4}:.*\n/gm, '') };
});

/** The layouts that ship, and those that the page itself shows. */
const LAYOUTS = new Map<string, ConfiguredLayout>([
  ...CONFIG.layouts,
  ...[...PAGE.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
    .map((block): unknown => parse(block[1] ?? ''))
    .filter((value) => typeof value === 'object' && value !== null && 'id' in value)
    .map((value) => toLayout(layoutShape.parse(value)))
    .map((layout): [string, ConfiguredLayout] => [layout.id, { layout, hash: '' }]),
]);

test.each([...CONFIG.layouts.keys()])('%s has its section with an example in it', (id) => {
  const section = PAGE.split(/^### /m).find((part) => part.startsWith(`${id}\n`)) ?? '';
  expect(section).toContain(`\`\`\`text layout=${id} `);
});

test.each([...PARSERS])('the parser %s is told', (parser) => {
  expect(PAGE).toContain(`\n| \`${parser}\` |`);
});

test.each([...fieldsOfKind('payroll'), ...fieldsOfKind('beneficiaries')])('the field %s is told', (field) => {
  expect(PAGE.slice(PAGE.indexOf('\n## Fields'))).toContain(`\`${field}\``);
});

const options = [...Object.keys(layoutShape.shape), ...Object.keys(layoutShape.shape.file.shape)];
test.each(options.filter((key) => key !== 'file' && key !== 'columns'))('the option %s is told', (option) => {
  expect(PAGE).toMatch(new RegExp(`^\\| \`(?:file\\.)?${option}\` \\|`, 'm'));
});

describe.each(EXAMPLES)('the lines of $layout', ({ layout, name, set, text }) => {
  test('are read without a fault', async () => {
    const path = join(folder, name);
    await writeFile(path, text);
    const configured = LAYOUTS.get(layout);
    if (configured === undefined) throw new Error(`there is no layout ${layout}`);
    expect(await faultsOf(path, { layout, name, set, text }, configured)).toEqual([]);
  });
});

/** @returns what is wrong with any row, and a word when there are none */
async function faultsOf(path: string, { name, set }: Example, configured: ConfiguredLayout): Promise<unknown[]> {
  const { layout } = configured;
  const fitted = await fitLayout({ path, name, maxBytes: 1_000_000, set, today: TODAY }, [configured], CONFIG);
  const faults: unknown[] = [];
  let rows = 0;
  if (fitted.table !== null) {
    for await (const batch of fitted.table.opened.rows) {
      for (const row of batch) {
        rows += 1;
        const { values, issues } = mapRow(fitted.table.plan, row);
        faults.push(...issues, ...checkPayrollRow(values, row.rowNumber, layout.counts));
      }
    }
  } else if (layout.kind === 'employers') {
    const codes = CONFIG.products.map(({ code }) => code);
    for await (const batch of (await readJsonl(path)).rows) {
      for (const { value } of batch) {
        rows += 1;
        faults.push(...parseEmployerLine(value, codes).issues);
      }
    }
  } else if (fitted.format === 'coda') {
    for await (const statement of readCodaFile(path)) rows += statement.entries.length;
  } else if (fitted.format === 'camt053') {
    for await (const statement of readCamtFile(path)) rows += statement.entries.length;
  }
  return rows === 0 ? ['no rows'] : faults;
}

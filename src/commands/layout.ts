/** `navette layout check` and `navette layout suggest`: does a file fit a layout, and which layout would an unknown file need. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { ConfiguredLayout } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { settableKeys } from '../jobs/import/fit-layout.ts';
import { type ToldIssue, tellIssue } from '../jobs/import/issue-text.ts';
import { type CheckedColumn, type CheckedFile, checkLayout } from '../jobs/layouts/check-layout.ts';
import { suggestLayout } from '../jobs/layouts/suggest-layout.ts';
import { CLEAR, type FieldValue } from '../transform/values/field-value.ts';
import { type CommonOptions, type ExitCode, openDesk } from './app.ts';
import { collect, keysAndValues } from './options.ts';
import { counted, euros, table } from './print.ts';

interface CheckOptions extends CommonOptions {
  readonly layout: string;
  readonly set: readonly string[];
}

interface SuggestOptions extends CommonOptions {
  readonly name?: string;
}

type Desk = ReturnType<typeof openDesk>;

export function declareLayout(program: Command, done: (code: ExitCode) => void): void {
  const layout = program.command('layout').description('try layouts on a file; needs no database');
  layout
    .command('check')
    .description('say what a layout makes of a file: its columns, its first rows, every fault')
    .argument('<file>', 'a local file; it is only read')
    .requiredOption('--layout <id>', 'layout to read it with')
    .option('--set <k=v>', 'a value that the layout takes from its drop; repeatable', collect, [])
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: CheckOptions) => done(await check(file, options)));
  layout
    .command('suggest')
    .description('propose a layout for an unknown file, as YAML for the folder of layouts')
    .argument('<file>', 'a local file; it is only read')
    .option('--name <name>', 'what its sender called it, when it is called otherwise here')
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: SuggestOptions) => done(await suggest(file, options)));
}

const SHOWN_ISSUES = 20;

async function check(path: string, options: CheckOptions): Promise<ExitCode> {
  const desk = openDesk(options);
  const candidate = requireLayout(desk, options.layout);
  const set = keysAndValues(options.set);
  const allowed = settableKeys(candidate.layout);
  const wrong = Object.keys(set).filter((key) => !allowed.includes(key));
  if (wrong.length > 0) {
    throw new ConfigError(
      `--set ${wrong.join(', ')}: layout "${options.layout}" takes ${allowed.join(', ') || 'none'}.`,
    );
  }
  await requireFile(path);
  const { maxBytes } = desk.config.navette.limits;
  const file = { path, name: basename(path), maxBytes, set, today: desk.today };
  const checked = await checkLayout(desk.config, file, candidate);
  const senderColumns = Object.fromEntries(checked.senderColumns);
  const issues = checked.issues.map((issue) => tellIssue(issue, desk.config.messages, 'en', senderColumns));
  const isSound = checked.rejected === 0 && !issues.some(({ row, severity }) => row === null && severity === 'error');
  desk.print({
    layout: options.layout,
    format: checked.format,
    fits: isSound,
    rows: checked.rows,
    rejected: checked.rejected,
    columns: checked.columns.map(({ field, required, place }) => ({ field, required, ...place })),
    issuesByCode: Object.fromEntries(checked.byCode),
    issues,
  });
  tell(desk, path, options.layout, checked, issues);
  return isSound ? 0 : 1;
}

function tell(desk: Desk, path: string, layout: string, checked: CheckedFile, issues: readonly ToldIssue[]): void {
  const { format, columns, rows, rejected, byCode, sample } = checked;
  if (format === null) desk.say(`${path} does not fit ${layout}.`);
  else desk.say(`${path} read as ${layout} (${format}): ${counted(rows, 'row')}, ${rejected} rejected.`);
  if (columns.length > 0) {
    desk.say();
    for (const line of table(['field', 'where', ''], columns.map(columnLine))) desk.say(line);
  }
  if (sample.length > 0) {
    desk.say();
    desk.say('The first rows are read as:');
    for (const { rowNumber, values } of sample) {
      const told = Object.entries(values).flatMap(([field, value]) => {
        const text = shown(field, value);
        return text === null ? [] : [`${field} ${text}`];
      });
      desk.say(`  row ${rowNumber}: ${told.join(', ')}`);
    }
  }
  if (byCode.size === 0) return;
  desk.say();
  const counts = [...byCode].sort(([, one], [, other]) => other - one);
  for (const line of table(
    ['code', 'found'],
    counts.map(([code, count]) => [code, String(count)]),
  )) {
    desk.say(line);
  }
  for (const { row, severity, message } of issues.slice(0, SHOWN_ISSUES)) {
    desk.say(`  ${row === null ? 'file' : `row ${row}`}: ${severity === 'warning' ? 'warning: ' : ''}${message}`);
  }
  const all = [...byCode.values()].reduce((sum, count) => sum + count, 0);
  if (all > SHOWN_ISSUES) desk.say(`  and ${all - SHOWN_ISSUES} more`);
}

function columnLine({ field, required, place }: CheckedColumn): string[] {
  return [field, placeWords(place), required ? 'required' : ''];
}

function placeWords(place: CheckedColumn['place']): string {
  switch (place.by) {
    case 'header':
      return `column "${place.header}"`;
    case 'letter':
      return `column ${place.letter}`;
    case 'positions':
      return `positions ${place.from}-${place.to}`;
    case 'field':
      return 'by its name';
    case 'file-name':
      return "the file's name";
    case 'given':
      return '--set, or the drop';
    case 'constant':
      return 'the layout itself';
    case 'default':
      return 'not in this file: the default of the layout';
    case 'absent':
      return 'not in this file';
  }
}

const MONEY: readonly string[] = ['faceValue', 'mealFaceValue', 'value', 'total'];

/** null for a blank. A register number shows no more than it takes to tell two rows apart. */
function shown(field: string, value: FieldValue): string | null {
  if (value === undefined || value === null) return null;
  if (value === CLEAR) return '(emptied)';
  if (field === 'nationalRegisterNumber') return `*********${String(value).slice(-2)}`;
  return typeof value === 'number' && MONEY.includes(field) ? euros(value) : String(value);
}

function requireLayout(desk: Desk, id: string): ConfiguredLayout {
  const layout = desk.config.layouts.get(id);
  if (layout !== undefined) return layout;
  const known = [...desk.config.layouts.keys()].join(', ');
  throw new ConfigError(`--layout is "${id}"; there is no such layout. Allowed: ${known}.`);
}

async function suggest(path: string, options: SuggestOptions): Promise<ExitCode> {
  const desk = openDesk(options);
  await requireFile(path);
  const { file, kind, layout, yaml } = await suggestLayout(
    desk.config,
    path,
    options.name ?? basename(path),
    desk.today,
  );
  const { headerRow, namePattern, fields } = layout ?? { headerRow: null, namePattern: null, fields: [] };
  desk.print({ ...file, kind, headerRow, namePattern, fields, yaml });
  desk.say(yaml.trimEnd());
  return 0;
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) throw new ConfigError(`There is no file ${path}.`);
}

/** Messy files about people: what each is, what should come of it, and what the script would need. */
import { oleFile } from '../../test/support/ole-file.ts';
import type { PortalRow } from '../../test/support/portal-rows.ts';
import {
  csvOf,
  type Held,
  heldOf,
  type MessyCase,
  type MessyWorld,
  PEOPLE,
  peopleFile,
  withPeople,
  workbookOf,
} from './messy-world.ts';

/** In most files one person has a new address, so that it shows whether the good rows were loaded. */
const MOVED = 3;
const SUBJECT = 4;
const NEW: PortalRow = { email: 'new.address@example.be' };

const unchanged = (start: Held): Held => start;
const moved = (start: Held, { numberOf }: MessyWorld): Held =>
  withPeople(start, { [numberOf(MOVED)]: { email: 'new.address@example.be' } });

/** The register number of the subject with other check digits. */
function mistyped({ numberOf }: MessyWorld): string {
  const number = numberOf(SUBJECT);
  return number.slice(0, 9) + String((Number(number.slice(9)) % 90) + 7).padStart(2, '0');
}

const impossible = { birthDate: '31/02/1990' };

export const MESSY_PEOPLE: readonly MessyCase[] = [
  {
    file: 'a good full workbook, guide sheet first, without one person who left',
    should: 'the change is loaded, the leaver deactivated',
    mend: null,
    files: async (world) => [
      peopleFile(
        world,
        'full.xlsx',
        await workbookOf(world.rows({ [MOVED]: NEW }).filter((_, place) => place !== SUBJECT)),
        {
          full: true,
        },
      ),
    ],
    truth: (start, world) => withPeople(moved(start, world), { [world.numberOf(SUBJECT)]: { status: 'inactive' } }),
  },
  {
    file: 'a workbook whose register numbers became numbers in Excel and lost their leading zero',
    should: 'the numbers are repaired, the change is loaded',
    mend: null,
    // Born in January 2001: one zero is lost.
    firstPerson: 14_976,
    files: async (world) => [
      peopleFile(world, 'numbers.xlsx', await workbookOf(world.rows({ [MOVED]: NEW }), 'number'), { full: true }),
    ],
    truth: moved,
  },
  {
    file: 'a register number with a wrong check digit, in a file of changes',
    should: 'that row is refused, the others are loaded',
    mend: null,
    files: (world) => [
      peopleFile(
        world,
        'digit.csv',
        csvOf(world.rows({ [MOVED]: NEW, [SUBJECT]: { nationalRegisterNumber: mistyped(world) } })),
      ),
    ],
    truth: moved,
  },
  {
    file: 'the same wrong check digit in a full file',
    should: 'nobody is deactivated because a row about them could not be read',
    mend: { lacks: 'find whom a refused row is about by birth date and names, keep them', days: 2 },
    files: (world) => [
      peopleFile(
        world,
        'digit.csv',
        csvOf(world.rows({ [MOVED]: NEW, [SUBJECT]: { nationalRegisterNumber: mistyped(world) } })),
        { full: true },
      ),
    ],
    truth: moved,
  },
  {
    file: 'an impossible date among good rows, in a file of changes',
    should: 'that row is refused, the others are loaded',
    mend: null,
    files: (world) => [peopleFile(world, 'date.csv', csvOf(world.rows({ [MOVED]: NEW, [SUBJECT]: impossible })))],
    truth: moved,
  },
  {
    file: 'the same impossible date in a full file',
    should: 'the person of the refused row stays active',
    mend: { lacks: 'count refused rows as present', days: 0.5 },
    files: (world) => [
      peopleFile(world, 'date.csv', csvOf(world.rows({ [MOVED]: NEW, [SUBJECT]: impossible })), { full: true }),
    ],
    truth: moved,
  },
  {
    file: 'windows-1252 with an accented name of a new person',
    should: 'the person is created with the name as it is written',
    mend: null,
    files: (world) => [
      peopleFile(world, 'accents.csv', Buffer.from(csvOf([world.row(PEOPLE, { lastName: 'Édouârdçon' })]), 'latin1')),
    ],
    truth: (start, { numberOf, row }) => ({
      ...start,
      people: new Map([...start.people, [numberOf(PEOPLE), { ...heldOf(row(PEOPLE)), lastName: 'Édouârdçon' }]]),
    }),
  },
  {
    file: 'a full CSV cut in the middle of a row',
    should: 'nothing changes',
    mend: { lacks: 'count the columns of each line, ask for a final line end', days: 1 },
    files: (world) => {
      const text = csvOf(world.rows());
      const cut = text.indexOf(world.row(SUBJECT).email ?? '') + 5;
      return [peopleFile(world, 'cut.csv', text.slice(0, cut), { full: true })];
    },
    truth: unchanged,
  },
  {
    file: 'a full CSV cut at the end of a row, half of the people missing',
    should: 'nothing changes before a person says yes',
    mend: { lacks: 'a threshold, a place where files wait, a command to say yes to exactly that plan', days: 4 },
    files: (world) => [peopleFile(world, 'cut.csv', csvOf(world.rows().slice(0, PEOPLE / 2)), { full: true })],
    truth: unchanged,
  },
  {
    file: 'a full workbook cut in the middle',
    should: 'nothing changes',
    mend: null,
    files: async (world) => {
      const bytes = await workbookOf(world.rows());
      return [peopleFile(world, 'cut.xlsx', bytes.subarray(0, Math.floor(bytes.length / 2)), { full: true })];
    },
    truth: unchanged,
  },
  {
    file: 'a full file with a header and nothing else',
    should: 'nothing changes',
    mend: null,
    files: (world) => [peopleFile(world, 'empty.csv', csvOf([]), { full: true })],
    truth: unchanged,
  },
  {
    file: 'an .xls file renamed to .xlsx',
    should: 'nothing changes, and the sender is told what it is',
    mend: null,
    files: (world) => [peopleFile(world, 'old.xlsx', oleFile('Workbook'), { full: true })],
    truth: unchanged,
  },
  {
    file: 'a newer file of changes, then an older one that arrives late',
    should: 'the newer address stays',
    mend: { lacks: 'a moment per person, compared in every update', days: 2 },
    files: (world) => [
      peopleFile(world, 'newer.csv', csvOf([world.row(MOVED, NEW)]), { day: '2026-12-05' }),
      peopleFile(world, 'older.csv', csvOf([world.row(MOVED, { email: 'old.address@example.be' })]), {
        day: '2026-12-02',
      }),
    ],
    truth: moved,
  },
  {
    file: 'two rows that contradict each other about one person',
    should: 'neither is believed, the others are loaded',
    mend: { lacks: 'compare the rows, refuse both, keep the person', days: 1 },
    files: (world) => [
      peopleFile(
        world,
        'two.csv',
        csvOf([
          ...world.rows({ [MOVED]: NEW, [SUBJECT]: { email: 'first@example.be' } }),
          world.row(SUBJECT, { email: 'second@example.be' }),
        ]),
      ),
    ],
    truth: moved,
  },
  {
    file: 'a blank e-mail cell',
    should: 'the address that is known stays',
    mend: { lacks: 'coalesce in the update, and a mark that clears on purpose', days: 0.5 },
    files: (world) => [peopleFile(world, 'blank.csv', csvOf(world.rows({ [MOVED]: NEW, [SUBJECT]: { email: '' } })))],
    truth: moved,
  },
  {
    file: 'a quoted cell with a line end in it',
    should: 'one row, and the rows after it are loaded',
    mend: null,
    files: (world) => [
      peopleFile(
        world,
        'lines.csv',
        csvOf(world.rows({ 2: { cardAddressExtra: '"2e étage\nà gauche"' }, [MOVED]: NEW })),
      ),
    ],
    truth: moved,
  },
  {
    file: 'a full file with one bad row, then that row amended in the file of rejected rows that was sent back',
    should: 'the amended row is loaded, everybody stays active',
    mend: {
      lacks: 'send rejected rows back in the first place, know such a file again, never take it as full',
      days: 3,
    },
    files: (world) => [
      peopleFile(world, 'full.csv', csvOf(world.rows({ [SUBJECT]: impossible })), { full: true, day: '2026-12-01' }),
      peopleFile(world, 'full.rejects.csv', csvOf([world.row(SUBJECT, NEW)], ['navette_codes', 'navette_reasons']), {
        full: true,
        day: '2026-12-02',
      }),
    ],
    truth: (start, { numberOf }) => withPeople(start, { [numberOf(SUBJECT)]: { email: 'new.address@example.be' } }),
  },
];

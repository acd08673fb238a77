/** Sixty things that go wrong, and what Navette promises of each; the number stands in the titles of the tests that cause it. */

export interface Fault {
  readonly number: number;
  readonly wrong: string;
  readonly promise: string;
}

const TEXTS: readonly (readonly [wrong: string, promise: string])[] = [
  [
    'A file is uploaded in parts, and the sender pauses longer than the wait.',
    'It is not applied; when it is whole, it is.',
  ],
  [
    'The upload was broken off, and what is there stays for ever.',
    'After the longest wait it is rejected as `file.truncated`; the others go on.',
  ],
  ['The same file comes twice under the same name.', 'The second is a `duplicate`: nothing changes, it is archived.'],
  [
    'The same content comes under another name.',
    'It is a `duplicate` when the values taken from its name are the same: nothing changes.',
  ],
  ['The same name comes with new content.', 'It is a new version, applied by its as-of date.'],
  ['Other content of the same name, size and second.', 'Its hash tells, when the file is looked at once more.'],
  ['A file changes while it is read.', 'What was read is thrown away, and it is read when it stands still.'],
  ['A file vanishes after it was listed.', 'It is told as gone; the connection and the other files go on.'],
  [
    'The server drops the connection in the middle of a file.',
    'Nothing half stays; it is tried again later over a new connection.',
  ],
  [
    'The server stalls while the connection lives.',
    'The visit is given up in time; it is tried again later over a new connection.',
  ],
  [
    'A read ends early and is called a success.',
    'Fewer bytes than the size make it a failed fetch; nothing is staged.',
  ],
  [
    'The server says 0 bytes for a file that has some.',
    'It is read to its end, and applied only when something in it proves that it is whole.',
  ],
  ['Killed after the fetch, before staging.', 'The claim is taken over, and the file is applied once.'],
  ['Killed in staging.', 'What was staged is wiped, and the file is staged anew and applied once.'],
  ['Killed in the apply.', 'All of it is rolled back: nothing is visible, and the file is applied once.'],
  ['Killed after the commit, before the archive.', 'It is not applied again, and it is archived.'],
  ['Killed after the move, before it is noted.', 'The move is found done, and noted.'],
  [
    'The archive is full, read-only, or has a file of that name.',
    'Nothing is overwritten; the move is tried again, and the data stays applied.',
  ],
  ['Two workers take one file at the same moment.', 'One of them has it; it is applied once.'],
  ['A paused worker wakes up after another took over.', 'Its fence is old: it stops by itself and changes nothing.'],
  [
    'The clocks of worker, server and database differ.',
    'The clock of the database decides; a difference of seconds is told.',
  ],
  ['The disk is full during a fetch.', 'The part is removed, and the file is tried again when there is room.'],
  ['A file that fails every time.', 'After three lost owners or three tries it is `parked`; the worker lives on.'],
  ['One bad file among good ones.', 'The good ones are applied.'],
  ['The database is restarted in the middle of a file.', 'The worker lives; the file is applied once, never by half.'],
  [
    'The database is away at the start, or for an hour.',
    'The worker waits for it without an end, and goes on by itself; the test keeps it away for seconds.',
  ],
  [
    'A connection to the database is dead on one side.',
    'The question is given up in time; the work goes on over a new one.',
  ],
  ['A deadlock or a serialization failure.', 'The apply is tried again at once, a few times; it counts as no failure.'],
  ['A file of a million rows.', 'Its memory stays bounded; the log hears every ten seconds how far it is.'],
  [
    'A workbook that inflates to far more than it is.',
    'It is refused as `file.limit` before it is read, in no time and no memory.',
  ],
  [
    'A file that is no workbook: old, encrypted, a web page, a PDF.',
    'It is refused as `file.format`, and the sentence says what it is and how to send it.',
  ],
  ['A workbook that was cut.', 'It is refused as `file.truncated`, wherever it was cut.'],
  [
    'A workbook in which nobody is found, or whose elements have a prefix.',
    'A wrong header is no empty list of people; a prefix does no harm.',
  ],
  [
    'UTF-8 with a mark, UTF-16, windows-1252, or none of them.',
    'Each is read; what had to be assumed is a warning; what is none is refused.',
  ],
  ['A quote that is never closed swallows rows.', 'The file is refused, with the line where it opens.'],
  [
    'A column is renamed, doubled, moved or new.',
    'A missing or doubled one refuses the file and is named; the others do no harm.',
  ],
  ['A full file with no rows.', 'It is refused as `file.empty`; nobody is deactivated.'],
  ['A full file that lost half its rows.', 'It is held with its plan until a person decides.'],
  ['A few changes sent as a full file.', 'It is held: most people would leave.'],
  ['An old full file comes late.', 'It is `superseded`; nothing changes.'],
  [
    'A person twice in one file.',
    'Equal rows count once; different ones are both rejected, and the person is not absent.',
  ],
  ['The row of an active person is rejected.', 'The person is not absent.'],
  ['A person comes back.', 'The same record is active again, with its history.'],
  [
    'A register number is used for another person.',
    'The row is rejected as `identity.conflict`; whoever has the number stays as they are.',
  ],
  ['The schedule is looked at twice for one slot.', 'The slot is run once.'],
  [
    'No worker ran over a slot, or over three months.',
    'Every month is ordered, oldest first; what is too late waits for a person.',
  ],
  ['The hour that is missing in spring, and the one that comes twice.', 'Every job runs once on both days.'],
  ['The 31st, 29 February and leap years.', 'The last day of a shorter month; afterwards the 31st again.'],
  ['It is tomorrow already, but not in Belgium.', 'The day of Belgium decides.'],
  ['Killed between the order and its notice.', 'No order without its notice; the notice goes out once.'],
  [
    'Somebody leaves in the middle of the month.',
    'What payroll says of that month is ordered once, what comes after is not.',
  ],
  ['A lock is not obtained.', 'The work is put off, not dropped; the others go on.'],
  ['A drop or a layout is configured anew.', 'A file that would deactivate somebody under it is held.'],
  ['The key of a server has changed.', 'Nobody logs in; both fingerprints are told.'],
  ['A password or key has expired.', 'One error, one attempt a visit, and minutes between them.'],
  ['The worker is told to stop in the middle of a file.', 'It finishes that one, takes no other, and ends with 0.'],
  ['Thirty thousand files in a drop.', 'A visit takes the oldest, no more than its share; the next one goes on.'],
  ['A watched folder is unmounted.', 'It is down, not empty; back again, its files are found.'],
  ['The data changes after a plan was held.', 'The yes to the old plan is void, and a new plan is held.'],
  ['A file that was expected never comes.', 'It is told, once a month.'],
];

export const FAULTS: readonly Fault[] = TEXTS.map(([wrong, promise], index) => ({ number: index + 1, wrong, promise }));

/** Owns what every sender of the demo delivers, day by day: the files of `fixtures/demo`, without the bank's. */

import { payrollFile, portalCsv } from './delimited.ts';
import { EMPLOYERS, employerAt, employersFile, FORMER_CLIENT_OF_ALPHA, type Sender } from './employers.ts';
import { correctedPayrollRows, type Population, payrollRows } from './payroll-rows.ts';
import { inventPopulation } from './people.ts';
import {
  PORTAL_MESS,
  type PortalRow,
  portalRows,
  portalTitles,
  rejectedPlaces,
  type SenderLanguage,
} from './portal-rows.ts';
import { portalWorkbook } from './portal-workbook.ts';

export interface Delivery {
  /** `<day>/<drop>/<name>` */
  readonly path: string;
  readonly content: string | Buffer;
}

const LANGUAGE: Record<Sender, SenderLanguage> = { alpha: 'fr', beta: 'nl', gamma: 'de' };
const WORD: Record<Sender, string> = {
  alpha: 'travailleurs_2026-11.xlsx',
  beta: 'werknemers_2026-11.csv',
  gamma: 'personal_2026-11.csv',
};
const CORRECTED_WORD: Record<Sender, string> = {
  alpha: 'rectif_2026-11.xlsx',
  beta: 'correctie_2026-11.csv',
  gamma: 'korrektur_2026-11.csv',
};
const PAYROLL_NAME: Record<Sender, string> = {
  alpha: 'prestations_2026-11.csv',
  beta: 'prestaties_2026-11.csv',
  gamma: 'payroll_2026-11.csv',
};

/** Still without an e-mail address in the second delivery. */
const STILL_WRONG = '1/5';
/** Left in November, which the second delivery says. */
const LEFT = '3/11';

export async function deliveries(): Promise<Delivery[]> {
  const population = inventPopulation();
  return [
    { path: '2026-11-30/issuer/employers.jsonl', content: employersFile() },
    ...(await peopleFiles(population)),
    ...brokenFiles(),
    ...SENDERS.map((sender) => ({
      path: `2026-12-02/${sender}/${PAYROLL_NAME[sender]}`,
      content: payrollFile(sender, payrollRows(sender, population)),
    })),
    ...(await correctedPeopleFiles(population)),
    ...SENDERS.map((sender) => ({
      path: `2026-12-04/${sender}-fix/${PAYROLL_NAME[sender].replace('.csv', '_2.csv')}`,
      content: payrollFile(sender, correctedPayrollRows(sender, population)),
    })),
  ];
}

const SENDERS: readonly Sender[] = ['alpha', 'beta', 'gamma'];

async function peopleFiles(population: Population): Promise<Delivery[]> {
  const files: Delivery[] = [];
  for (const [index, { enterpriseNumber, sender }] of EMPLOYERS.entries()) {
    const rows = rowsOf(
      index,
      population,
      () => true,
      (place) => PORTAL_MESS[index]?.[place],
    );
    const content = await portalFile(sender, rows);
    files.push({ path: `2026-12-01/${sender}/${enterpriseNumber}_${WORD[sender]}`, content });
    // Sent once more by mistake.
    if (index === 10) {
      files.push({
        path: `2026-12-01/${sender}/${enterpriseNumber}_${WORD[sender].replace('.', '_nochmal.')}`,
        content,
      });
    }
  }
  // Its mandate has ended, which its former secretariat has not noticed.
  const former = rowsOf(
    FORMER_CLIENT_OF_ALPHA,
    population,
    (place) => place < 8,
    () => undefined,
    'alpha',
  );
  const { enterpriseNumber } = employerAt(FORMER_CLIENT_OF_ALPHA);
  const content = await portalWorkbook(portalTitles('fr'), former);
  files.push({ path: `2026-12-01/alpha/${enterpriseNumber}_${WORD.alpha}`, content });
  return files;
}

/** A web page saved under a workbook's name, and a file of which only the name arrived. */
function brokenFiles(): Delivery[] {
  const page =
    '<!DOCTYPE html>\n<html><head><title>Session expirée</title></head>\n<body><p>Veuillez vous reconnecter.</p></body></html>\n';
  return [
    { path: `2026-12-01/alpha/${employerAt(4).enterpriseNumber}_export.xls`, content: page },
    { path: `2026-12-01/beta/${employerAt(7).enterpriseNumber}_werknemers_2026-11_v2.csv`, content: '' },
  ];
}

async function correctedPeopleFiles(population: Population): Promise<Delivery[]> {
  const files: Delivery[] = [];
  for (const [index, { enterpriseNumber, sender }] of EMPLOYERS.entries()) {
    const places = rejectedPlaces(index);
    const left = (place: number) => `${index}/${place}` === LEFT;
    const rows = rowsOf(
      index,
      population,
      (place) => places.includes(place) || left(place),
      (place) => (`${index}/${place}` === STILL_WRONG ? 'no-email' : left(place) ? 'inactive' : undefined),
    );
    if (rows.length === 0) continue;
    const name = `${enterpriseNumber}_${CORRECTED_WORD[sender]}`;
    files.push({ path: `2026-12-04/${sender}-fix/${name}`, content: await portalFile(sender, rows) });
  }
  return files;
}

function rowsOf(
  index: number,
  population: Population,
  isSent: (place: number) => boolean,
  messOf: (place: number) => Parameters<typeof portalRows>[3],
  sender = employerAt(index).sender,
): PortalRow[] {
  return (population[index] ?? []).flatMap((person, place) =>
    isSent(place) ? portalRows(employerAt(index), person, LANGUAGE[sender], messOf(place)) : [],
  );
}

function portalFile(sender: Sender, rows: readonly PortalRow[]): Promise<Buffer> | Buffer {
  const titles = portalTitles(LANGUAGE[sender]);
  return sender === 'alpha' ? portalWorkbook(titles, rows) : portalCsv(sender, titles, rows);
}

/** Owns the six invented secretariats: by which layouts, encodings and habits each of them sends. */
import type { Language } from '../../src/model.ts';

export type PayrollLayout = 'generic' | 'ragged' | 'odd-dates' | 'signed' | 'odoo';

export interface Secretariat {
  readonly code: string;
  readonly name: string;
  readonly language: Exclude<Language, 'en'>;
  readonly kind: 'sftp' | 'folder';
  readonly settled: 'rename' | 'marker' | 'stable';
  readonly people: {
    readonly format: 'xlsx' | 'csv';
    readonly scope: 'full' | 'delta';
    readonly encoding: 'windows-1252' | 'utf-8' | 'utf-8 with BOM';
    readonly delimiter: ';' | ',' | '\t';
  };
  readonly payroll: PayrollLayout;
  /** for text files of payroll */
  readonly encoding: 'windows-1252' | 'utf-8';
  readonly delimiter: ';' | ',';
  /** one drop for each employer, whose number no file says */
  readonly dropPerEmployer: boolean;
}

export const SECRETARIATS: readonly Secretariat[] = [
  {
    code: 'alpha',
    name: 'Secrétariat Alpha',
    language: 'fr',
    kind: 'sftp',
    settled: 'rename',
    people: { format: 'xlsx', scope: 'full', encoding: 'utf-8', delimiter: ';' },
    payroll: 'generic',
    encoding: 'windows-1252',
    delimiter: ';',
    dropPerEmployer: false,
  },
  {
    code: 'beta',
    name: 'Sociaal Secretariaat Beta',
    language: 'nl',
    kind: 'folder',
    settled: 'marker',
    people: { format: 'csv', scope: 'full', encoding: 'utf-8 with BOM', delimiter: ';' },
    payroll: 'ragged',
    encoding: 'windows-1252',
    delimiter: ';',
    dropPerEmployer: false,
  },
  {
    code: 'gamma',
    name: 'Sozialsekretariat Gamma',
    language: 'de',
    kind: 'folder',
    settled: 'stable',
    people: { format: 'csv', scope: 'delta', encoding: 'utf-8', delimiter: '\t' },
    payroll: 'odd-dates',
    encoding: 'utf-8',
    delimiter: ';',
    dropPerEmployer: false,
  },
  {
    code: 'kappa',
    name: 'Secrétariat Kappa',
    language: 'fr',
    kind: 'sftp',
    settled: 'rename',
    people: { format: 'xlsx', scope: 'delta', encoding: 'utf-8', delimiter: ';' },
    payroll: 'signed',
    encoding: 'utf-8',
    delimiter: ';',
    dropPerEmployer: false,
  },
  {
    code: 'omega',
    name: 'Sociaal Secretariaat Omega',
    language: 'nl',
    kind: 'folder',
    settled: 'rename',
    people: { format: 'csv', scope: 'delta', encoding: 'windows-1252', delimiter: ';' },
    payroll: 'odoo',
    encoding: 'utf-8',
    delimiter: ',',
    dropPerEmployer: true,
  },
  {
    code: 'sigma',
    name: 'Sozialsekretariat Sigma',
    language: 'de',
    kind: 'folder',
    settled: 'stable',
    people: { format: 'csv', scope: 'full', encoding: 'utf-8', delimiter: ',' },
    payroll: 'generic',
    encoding: 'utf-8',
    delimiter: ',',
    dropPerEmployer: false,
  },
];

/** The page of licences: every package that is installed with Navette to run it, as package-lock.json and the packages tell. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './command.ts';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

export function licencesPage(): string {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const lines = Object.entries(packages)
    .filter(([path, { dev, link }]) => path !== '' && dev !== true && link !== true)
    .map(([path, { version, license }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return `| ${name} | ${version ?? ''} | ${license ?? licenceOf(path)} |`;
    });
  return [
    '# Licences',
    '',
    'What is installed with Navette to run it, platform by platform. Written by `npm run licences`; a test compares.',
    '',
    '| package | version | licence |',
    '|---|---|---|',
    ...[...new Set(lines)].sort(),
    '',
  ].join('\n');
}

/** What the installed package says of itself, where the lock file is silent. */
function licenceOf(path: string): string {
  const { license, licenses } = JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8')) as {
    license?: string;
    licenses?: readonly { readonly type: string }[];
  };
  return license ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'not said';
}

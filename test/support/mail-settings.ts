/** Owns a configuration folder whose notices go to a mail server of a test. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { PASSWORD, type TestMailServer, USER } from './mail-server.ts';

export interface MailHome {
  /** NAVETTE_HOME */
  readonly home: string;
  /** NAVETTE_CONFIG */
  readonly config: string;
}

/** The shipped configuration with `channel: smtp`; the password and the certificate stand in files beside it. */
export function inventMailHome(server: Pick<TestMailServer, 'port' | 'certificate'>, more = ''): MailHome {
  const home = mkdtempSync(join(tmpdir(), 'navette-mail-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const config = join(home, 'config');
  cpSync(new URL('../../config', import.meta.url), config, { recursive: true });
  writeFileSync(join(config, 'mail-password'), `${PASSWORD}\n`);
  writeFileSync(join(config, 'mail-authority.pem'), server.certificate);
  const path = join(config, 'navette.yaml');
  const smtp = `notices:
  channel: smtp
  smtp:
    host: localhost
    port: ${server.port}
    from: notices@navette.example
    user: ${USER}
    passwordFile: mail-password
    authorityFile: mail-authority.pem
    perSecond: 1000
${more}`;
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^notices:.*\n/m, smtp));
  return { home, config };
}

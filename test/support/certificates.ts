/** Certificates for servers of tests, made with openssl; good for two days. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Both PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** For one name; signed by an authority, or by itself, and then an authority too. */
export function makeCertificate(name = 'localhost', authority: Certificate | null = null): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'navette-certificate-'));
  const at = (file: string): string => join(folder, file);
  try {
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const signed = authority === null ? [] : ['-CA', at('ca.pem'), '-CAkey', at('ca-key.pem')];
    if (authority !== null) {
      writeFileSync(at('ca.pem'), authority.cert);
      writeFileSync(at('ca-key.pem'), authority.key);
    }
    const made = ['-keyout', at('key.pem'), '-out', at('cert.pem')];
    execFileSync('openssl', ['req', '-x509', ...curve, '-days', '2', ...subject, ...signed, ...made], {
      stdio: 'ignore',
    });
    return { key: readFileSync(at('key.pem'), 'utf8'), cert: readFileSync(at('cert.pem'), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

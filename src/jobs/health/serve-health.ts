/** Three pages over HTTP for probes and monitors: `/healthz`, `/readyz` and `/metrics`; they tell counts and codes, nobody's name. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../../errors.ts';

export interface Probes {
  /** why work cannot be taken now, as codes: `starting`, `stopping`, `database`; none when it can */
  readonly faults: () => Promise<readonly string[]>;
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
}

export interface HealthServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

const JSON_TYPE = 'application/json';

/** @throws ConfigError when the address cannot be listened on */
export async function serveHealth(
  { host, port }: { readonly host: string; readonly port: number },
  probes: Probes,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answer(request.method ?? '', request.url ?? '', response, probes).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`NAVETTE_HTTP names ${host}, port ${port}, where nobody can listen (${code}).`);
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

async function answer(method: string, url: string, response: ServerResponse, probes: Probes): Promise<void> {
  const send = (status: number, type: string, text: string): void => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(method === 'HEAD' ? undefined : text);
  };
  if (method !== 'GET' && method !== 'HEAD') return send(405, JSON_TYPE, '{"error":"GET or HEAD"}\n');
  const [path] = url.split('?');
  if (path === '/healthz') return send(200, JSON_TYPE, '{"alive":true}\n');
  if (path === '/readyz') {
    const faults = await probes.faults();
    return send(
      faults.length === 0 ? 200 : 503,
      JSON_TYPE,
      `${JSON.stringify({ ready: faults.length === 0, faults })}\n`,
    );
  }
  if (path === '/metrics') {
    const { type, text } = await probes.metrics();
    return send(200, type, text);
  }
  send(404, JSON_TYPE, '{"error":"allowed: /healthz, /readyz, /metrics"}\n');
}

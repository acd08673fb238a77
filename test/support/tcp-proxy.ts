/** A door in front of a server that can be moved to another port, shut, or silenced. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** where connections go from now on; null refuses them */
  target: number | null;
  /** bytes are swallowed while the connections stay */
  silent: boolean;
  /** ends the connections that there are */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

export async function openProxy(): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const server = createServer((inside) => {
    if (proxy.target === null) {
      inside.destroy();
      return;
    }
    const outside = connect(proxy.target, '127.0.0.1');
    for (const [from, to] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        if (!proxy.silent) to.write(bytes);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const proxy: Proxy = {
    port: address.port,
    target: null,
    silent: false,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      proxy.cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

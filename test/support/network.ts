/** Hosts that are network namespaces on a bridge: each has its own address and can be cut off, as by a pulled cable. */
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ip = (...words: string[]) => run('ip', words);

export interface Host {
  readonly address: string;
  /** what starts a program on this host */
  readonly within: readonly string[];
  /** packets from and to it vanish; connections on both sides stay as they are */
  cutOff(): Promise<void>;
  join(): Promise<void>;
}

export interface Network {
  /** of this machine on the bridge */
  readonly address: string;
  readonly subnet: string;
  readonly hosts: readonly Host[];
  remove(): Promise<void>;
}

/** Why there can be no such network here, in one sentence; null when there can. */
export async function networkMissing(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'several hosts are not tried: network namespaces need root';
  const probe = `navette-probe-${process.pid}`;
  try {
    await ip('netns', 'add', probe);
    await ip('netns', 'delete', probe);
    return null;
  } catch {
    return 'several hosts are not tried: ip netns does not work here (apt-get install iproute2, and the right to use it)';
  }
}

/** A private subnet nobody else has taken: two runs on one machine must not share a bridge. */
export async function makeNetwork(hosts: number): Promise<Network> {
  const name = `nv${randomInt(0x10000).toString(16)}`;
  const start = `10.${randomInt(200, 250)}.${randomInt(256)}`;
  const address = `${start}.1`;
  const names = Array.from({ length: hosts }, (_, index) => `${name}-${index}`);
  const remove = async (): Promise<void> => {
    for (const host of names) await ip('netns', 'delete', host).catch(() => undefined);
    await ip('link', 'delete', name).catch(() => undefined);
  };
  try {
    await ip('link', 'add', name, 'type', 'bridge');
    await ip('address', 'add', `${address}/24`, 'dev', name);
    await ip('link', 'set', name, 'up');
    for (const [index, host] of names.entries()) {
      await ip('netns', 'add', host);
      await ip('link', 'add', host, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host);
      await ip('-n', host, 'address', 'add', `${start}.${index + 2}/24`, 'dev', 'eth0');
      for (const device of ['lo', 'eth0']) await ip('-n', host, 'link', 'set', device, 'up');
      await ip('link', 'set', host, 'master', name, 'up');
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    address,
    subnet: `${start}.0/24`,
    hosts: names.map((host, index) => ({
      address: `${start}.${index + 2}`,
      within: ['ip', 'netns', 'exec', host],
      cutOff: async () => void (await ip('link', 'set', host, 'nomaster')),
      join: async () => void (await ip('link', 'set', host, 'master', name)),
    })),
    remove,
  };
}

/** Connections to a server that is another one, refuses the login, or is not there: each is told as what it is. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { PasswordAuthContext } from 'ssh2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newKeyPair } from '../../../src/commands/demo/sftp-server.ts';
import { RetryableError } from '../../../src/errors.ts';
import type { DropPlace, SftpPlace } from '../../../src/ingest/drops/drop.ts';
import { reachDrops } from '../../support/reach-drops.ts';
import { type FaultyPlace, sftpPlace } from '../../support/sftp-server.ts';

const QUICK = { idleMs: 400, callMs: 5_000, connectMs: 15_000 };

let place: FaultyPlace;

beforeEach(async () => {
  place = await sftpPlace();
});

afterEach(() => place.stop());

const reach = reachDrops(() => place.drop);

/** The same place, reached in another way. */
function by(change: Partial<SftpPlace>): DropPlace {
  const { sftp } = place.drop;
  if (sftp === undefined) throw new Error('no SFTP place');
  return { ...place.drop, sftp: { ...sftp, ...change } };
}

function byPassword(password: string): DropPlace {
  const { sftp } = place.drop;
  if (sftp === undefined) throw new Error('no SFTP place');
  const { host, port, username, hostKeys } = sftp;
  return { ...place.drop, sftp: { host, port, username, hostKeys, password } };
}

describe('a connection', () => {
  test('to a server with another host key is given up before any login', async () => {
    const other = newKeyPair();
    const error = await reach({}, by({ hostKeys: [other.fingerprint] })).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ reason: 'host_key' });
    expect(String(error)).toContain(other.fingerprint);
    expect(String(error)).toContain(place.hostKey.fingerprint);
    expect(place.attempts).toEqual([]);
  });

  test('without a pinned host key is given up before any login', async () => {
    await expect(reach({}, by({ hostKeys: [] }))).rejects.toMatchObject({ reason: 'host_key' });
    expect(place.attempts).toEqual([]);
  });

  test('accepts any of several pinned keys, padded or not', async () => {
    const hostKeys = [newKeyPair().fingerprint, `${place.hostKey.fingerprint}=`];
    expect(await (await reach({}, by({ hostKeys }))).list()).toEqual([]);
  });

  test('logs in by password', async () => {
    const drop = await reach({}, byPassword(place.password));
    expect(await drop.list()).toEqual([]);
    expect(place.attempts).toEqual(['password']);
  });

  test('with a refused password tries it once', async () => {
    const error = await reach({}, byPassword('last year')).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ reason: 'login' });
    expect(String(error)).not.toContain('last year');
    expect(place.attempts).toEqual(['password']);
  });

  test('with an unknown key is refused', async () => {
    await expect(reach({}, by({ privateKey: newKeyPair().privateKey }))).rejects.toMatchObject({ reason: 'login' });
  });

  test('with a key that cannot be read is refused without a question to the server', async () => {
    await expect(reach({}, by({ privateKey: 'no key' }))).rejects.toMatchObject({ reason: 'login' });
    expect(place.attempts).toEqual([]);
  });

  test('with an expired password is refused at once', async () => {
    place.authenticate = (attempt) => {
      (attempt as PasswordAuthContext).requestChange('Your password has expired.', () => undefined);
    };
    await expect(reach(QUICK, byPassword(place.password))).rejects.toMatchObject({
      reason: 'login',
    });
  });

  test('that the server ends during the login is a refused login', async () => {
    place.authenticate = () => place.cut();
    await expect(reach(QUICK)).rejects.toMatchObject({ reason: 'login' });
  });

  test('to nobody is a drop that is down', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const port = portOf(closed.address());
    closed.close();
    await once(closed, 'close');
    await expect(reach({}, by({ port }))).rejects.toMatchObject({ reason: 'drop_down' });
  });

  test('to somebody who never speaks ends in time', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    await expect(reach({ connectMs: 150 }, by({ port: portOf(mute.address()) }))).rejects.toMatchObject({
      reason: 'drop_down',
    });
    for (const socket of sockets) socket.destroy();
    mute.close();
  });
});

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

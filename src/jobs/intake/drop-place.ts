/** A configured drop as the intake needs it. */
import type { Drop } from '../../config.ts';
import type { DropPlace } from '../../ingest/drops/drop.ts';

export function dropPlace(drop: Drop): DropPlace {
  if (drop.sftp === null) return { id: drop.id, kind: drop.kind, paths: drop.paths };
  const { host, port, username, password, privateKey, hostKeys } = drop.sftp;
  return {
    id: drop.id,
    kind: drop.kind,
    paths: drop.paths,
    sftp: {
      host,
      port,
      username,
      hostKeys,
      ...(password === null ? {} : { password }),
      ...(privateKey === null ? {} : { privateKey }),
    },
  };
}

/** The shape of `config/drops/<id>.yaml`: one place where files arrive. */
import { z } from 'zod';
import { byteSize } from './navette.ts';

const ratio = z.number().min(0).max(1);
const folder = z.string().min(1);

export const dropShape = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/, 'lower-case letters, digits and dashes'),
    enabled: z.boolean().default(true),
    secretariat: z.string().regex(/^[a-z0-9-]+$/, 'a secretariat code, "bank" or "issuer"'),
    kind: z.enum(['sftp', 'folder']),
    sftp: z
      .strictObject({
        host: z.string().min(1),
        port: z.number().int().min(1).max(65535).default(22),
        username: z.string().min(1),
        privateKeyFile: z.string().optional(),
        passwordFile: z.string().optional(),
        passwordEnv: z.string().optional(),
        hostKeys: z.array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, 'a fingerprint such as SHA256:…')).min(1),
      })
      .optional(),
    paths: z.strictObject({ in: folder, out: folder, archive: folder, error: folder }),
    /** `none` for a drop that is only read: its files stay where they are */
    archive: z.enum(['move', 'none']).default('move'),
    /** for files whose name ends in .pgp or .gpg; with `verifyKeyFile` they must be signed by that key */
    pgp: z
      .strictObject({
        privateKeyFile: z.string().min(1),
        passphraseFile: z.string().min(1).optional(),
        verifyKeyFile: z.string().min(1).optional(),
      })
      .optional(),
    settled: z.enum(['marker', 'rename', 'stable']).default('stable'),
    /** under `stable`: so long a file must have been listed unchanged; servers tell whole seconds, so never less than three */
    stableSeconds: z.number().int().min(3).max(3600).optional(),
    layouts: z.array(z.string()).min(1),
    expects: z.strictObject({ every: z.literal('month'), by: z.number().int().min(1).max(28) }).optional(),
    limits: z
      .strictObject({
        maxRejectedRatio: ratio.optional(),
        maxDeactivatedRatio: ratio.optional(),
        maxDeactivatedCount: z.number().int().min(0).optional(),
        maxBytes: byteSize.optional(),
      })
      .default({}),
    scope: z.enum(['full', 'delta']).optional(),
    mode: z.enum(['create', 'update', 'upsert']).default('upsert'),
    set: z.record(z.string(), z.coerce.string()).default({}),
  })
  .check((context) => {
    const { value } = context;
    const fault = (path: PropertyKey[], message: string) =>
      context.issues.push({ code: 'custom', input: undefined, path, message });
    if (value.stableSeconds !== undefined && value.settled !== 'stable') {
      fault(['stableSeconds'], '"stableSeconds" goes with "settled: stable"');
    }
    if ((value.kind === 'sftp') !== (value.sftp !== undefined)) fault(['sftp'], '"sftp" goes with "kind: sftp"');
    if (value.sftp !== undefined) {
      const { privateKeyFile, passwordFile, passwordEnv } = value.sftp;
      const given = [privateKeyFile, passwordFile, passwordEnv].filter((one) => one !== undefined);
      if (given.length !== 1) fault(['sftp'], 'give exactly one of privateKeyFile, passwordFile, passwordEnv');
    }
  });

export type DropConfig = z.infer<typeof dropShape>;

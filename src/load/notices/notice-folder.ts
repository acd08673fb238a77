/** The notice channel that needs no mail server: one `.eml` file per notice in a folder. */
import { dirname } from 'node:path';
import { reasonOf } from '../database.ts';
import { writeOnce } from '../files/write-once.ts';
import type { NoticeChannel } from './notice-channel.ts';
import { isMessageKey } from './notice-mail.ts';

/** Notices become `<message-key>.eml` in `folder`; one that is there already was handed over before and stays as it is. */
export function openFolderChannel(folder: string): NoticeChannel {
  return {
    atOnce: 50,
    sender: null,
    deliver: async ({ messageKey, eml }) => {
      try {
        return { kind: 'accepted', file: await writeNotice(folder, messageKey, eml) };
      } catch (error) {
        if (error instanceof Error && 'syscall' in error) return { kind: 'down', reason: reasonOf(error) };
        throw error;
      }
    },
    close: () => undefined,
  };
}

/** Returns the path. Throws a RangeError for a key that is no file name, and the error of the file system. */
export async function writeNotice(folder: string, messageKey: string, eml: Buffer): Promise<string> {
  if (!isMessageKey(messageKey))
    throw new RangeError('A message key is letters, digits, dots, dashes and underscores.');
  // Years of notices lie in the folder: what a killed process left is looked for beside it.
  return writeOnce(folder, `${messageKey}.eml`, eml, dirname(folder));
}

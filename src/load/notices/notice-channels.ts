/** The channels that notices can take: adding one is a file beside this one and a line in this table. */

import type { MailServer } from './mail-pool.ts';
import type { NoticeChannel } from './notice-channel.ts';
import { openFolderChannel } from './notice-folder.ts';
import { openSmtpChannel } from './notice-smtp.ts';

export interface ChannelSettings {
  /** absolute folder for `.eml` files */
  readonly folder: string;
  readonly smtp: (MailServer & { readonly sender: string }) | null;
}

const CHANNELS = {
  folder: ({ folder }) => openFolderChannel(folder),
  smtp: ({ smtp }) => {
    if (smtp === null) throw new RangeError('The channel smtp has settings.');
    return openSmtpChannel(smtp, smtp.sender);
  },
} as const satisfies Record<string, (settings: ChannelSettings) => NoticeChannel>;

export type ChannelName = keyof typeof CHANNELS;

/** Opens a channel; the caller closes it. */
export function openChannel(name: ChannelName, settings: ChannelSettings): NoticeChannel {
  return CHANNELS[name](settings);
}

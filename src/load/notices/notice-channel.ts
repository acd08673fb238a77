/** What every channel for notices does: it takes one message, and says whether it has it, wants it later, or never. */

/** A message that is ready to go. */
export interface NoticeToDeliver {
  readonly messageKey: string;
  readonly envelope: { readonly from: string; readonly to: string };
  readonly eml: Buffer;
}

/**
 * How one delivery went. `accepted`: it is the channel's now. `refused`: it will never be taken as it is. `later`: this one not
 * now. `down`: nothing can be handed over now, whatever it is. `file` is null where no
 * file is made. A reason is a stable word or a reply code, never an address.
 */
export type Delivery =
  | { readonly kind: 'accepted'; readonly file: string | null }
  | { readonly kind: 'refused' | 'later' | 'down'; readonly reason: string };

export interface NoticeChannel {
  /** messages that are handed over side by side before they are recorded: what a killed run may hand over a second time */
  readonly atOnce: number;
  /** address of the sender; null for the issuer's own */
  readonly sender: string | null;
  readonly deliver: (notice: NoticeToDeliver) => Promise<Delivery>;
  readonly close: () => void;
}

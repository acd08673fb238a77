/** What a file is imported with, beside its bytes: by its drop, or by the person who gives it. */
import type { ConfiguredLayout, Drop } from '../../config.ts';
import type { ImportMode, Scope } from '../../model.ts';

/** How a file is to be taken; the drop's settings, or what was said by hand. */
export interface ImportInstruction {
  /** tried in this order */
  readonly layouts: readonly ConfiguredLayout[];
  readonly scope: Scope | null;
  readonly mode: ImportMode;
  readonly set: Readonly<Record<string, string>>;
  readonly limits: Drop['limits'];
  /** changes with every change of the drop's configuration */
  readonly dropHash: string;
  /** the sender said that the file is whole: by a marker, by its final name, or by giving it by hand */
  readonly saidWhole: boolean;
  /** apply a content that was applied before anew */
  readonly again: boolean;
  /** a held plan that a person has said yes to */
  readonly approved: {
    readonly planHash: string;
    readonly upsertsOnly: boolean;
    readonly by: string;
    readonly why: string;
  } | null;
}

/** The shape of a notice in words, between what it says and how it looks as text or HTML. */
import type { Language } from '../../model.ts';

export interface NoticeRow {
  readonly label: string;
  readonly value: string;
  /** digits and letters that are typed into a bank form one by one */
  readonly isCode?: boolean;
}

/** A notice in words, before it becomes text or HTML. Every value is one line. */
export interface NoticeView {
  readonly language: Language;
  readonly title: string;
  readonly greeting: string;
  readonly intro: string;
  /** what is read aloud or copied into a bank transfer, the amount first */
  readonly payment: readonly NoticeRow[];
  /** what stands beside the QR code, null when there is nothing to pay */
  readonly qrCaption: string | null;
  readonly costs: readonly NoticeRow[];
  readonly total: NoticeRow;
  readonly document: readonly NoticeRow[];
  readonly headings: { readonly payment: string; readonly costs: string; readonly document: string };
  readonly footer: string;
  readonly contact: string;
  readonly closing: string;
  readonly sender: string;
  readonly senderLines: readonly string[];
}

/** Content-ID of the QR code's image in the mail (RFC 2392); the HTML names it, whoever builds the mail attaches it. */
export const QR_CONTENT_ID = 'payment-qr@navette';

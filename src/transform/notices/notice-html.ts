/** How a notice looks as e-mail HTML: tables and inline styles for old clients, a phone's width, light and dark. */
import { escapeHtml } from '../values/escape-html.ts';
import { type NoticeRow, type NoticeView, QR_CONTENT_ID } from './notice-view.ts';

const SANS = "font-family:'Segoe UI',Helvetica,Arial,sans-serif;";
const MONO = "font-family:Consolas,Menlo,'Liberation Mono','Courier New',monospace;";
const WRAP = 'word-break:break-word;overflow-wrap:anywhere;';

/** Clients that know neither classes nor media queries show the inline, light styles alone. */
const DARK_STYLES = `
    :root { color-scheme: light dark; supported-color-schemes: light dark; }
    @media (prefers-color-scheme: dark) {
      .page { background-color: #14181d !important; }
      .sheet { background-color: #1e242b !important; border-color: #37414d !important; }
      .ink { color: #eef1f4 !important; }
      .soft { color: #aab4bf !important; }
      .box { background-color: #16302b !important; border-color: #2f6b5e !important; }
      .line { border-color: #37414d !important; }
      .mark { background-color: #3fa58e !important; }
    }
    @media (max-width: 480px) {
      .outer { padding: 0 !important; }
      .pad { padding-left: 20px !important; padding-right: 20px !important; }
    }`;

/** A whole HTML document; every text of the view is escaped here. The QR code comes with the mail; nothing is loaded from elsewhere. */
export function noticeHtml(view: NoticeView): string {
  const [amount, ...payment] = view.payment;
  return `<!DOCTYPE html>
<html lang="${view.language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="supported-color-schemes" content="light dark">
  <meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
  <title>${escapeHtml(view.title)}</title>
  <style>${DARK_STYLES}
  </style>
</head>
<body class="page" style="margin:0;padding:0;background-color:#eef1f4;">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#eef1f4;">
<tr><td class="outer" align="center" style="padding:24px 12px;">
<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="sheet" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background-color:#ffffff;border:1px solid #d9dfe5;">
<tr><td class="mark" height="4" style="height:4px;line-height:4px;font-size:4px;background-color:#0f7a66;">&nbsp;</td></tr>
<tr><td class="pad" style="padding:28px 32px 0 32px;">
${paragraph('soft', `${SANS}font-size:14px;line-height:20px;color:#5b6672;`, view.sender)}
<h1 class="ink" style="margin:4px 0 20px 0;${SANS}font-size:20px;line-height:28px;font-weight:bold;color:#1b2127;${WRAP}">${escapeHtml(view.title)}</h1>
${bodyText(view.greeting)}
${bodyText(view.intro)}
</td></tr>
<tr><td class="pad" style="padding:8px 32px 0 32px;">
<table role="presentation" class="box" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#edf7f4;border:1px solid #b9dcd3;">
<tr><td style="padding:16px 18px 10px 18px;">
${heading(view.headings.payment)}
${amount === undefined ? '' : copyable(amount, '24px', '32px')}
${payment.map((row) => copyable(row, '16px', '24px')).join('\n')}
${view.qrCaption === null ? '' : qrCode(view.qrCaption)}
</td></tr>
</table>
</td></tr>
<tr><td class="pad" style="padding:20px 32px 4px 32px;">
${bodyText(view.footer)}
</td></tr>
<tr><td class="pad" style="padding:8px 32px 0 32px;">
${heading(view.headings.costs)}
${pairs(view.costs, 'right', view.total)}
</td></tr>
<tr><td class="pad" style="padding:24px 32px 0 32px;">
${heading(view.headings.document)}
${pairs(view.document, 'left', null)}
</td></tr>
<tr><td class="pad" style="padding:24px 32px 28px 32px;">
${bodyText(view.contact)}
${bodyText(view.closing)}
${paragraph('ink', `${SANS}font-size:15px;line-height:22px;font-weight:bold;color:#1b2127;`, view.sender)}
${view.senderLines.map((line) => paragraph('soft', `${SANS}font-size:13px;line-height:20px;color:#5b6672;`, line)).join('\n')}
</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>
</table>
</body>
</html>
`;
}

function bodyText(text: string): string {
  return paragraph('ink', `margin-bottom:14px;${SANS}font-size:15px;line-height:23px;color:#1b2127;`, text);
}

function paragraph(className: string, style: string, text: string): string {
  return `<p class="${className}" style="margin:0;${style}${WRAP}">${escapeHtml(text)}</p>`;
}

function heading(text: string): string {
  return `<h2 class="soft" style="margin:0 0 8px 0;${SANS}font-size:13px;line-height:20px;font-weight:bold;color:#5b6672;">${escapeHtml(text)}</h2>`;
}

/** A label with its value in a cell of its own below it: a double or long press takes the value and nothing else. */
function copyable(row: NoticeRow, size: string, height: string): string {
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td class="soft" style="${SANS}font-size:13px;line-height:18px;color:#5b6672;">${escapeHtml(row.label)}</td></tr>
<tr><td class="ink" style="padding:0 0 10px 0;${row.isCode === true ? MONO : SANS}font-size:${size};line-height:${height};font-weight:bold;color:#1b2127;${WRAP}">${escapeHtml(row.value)}</td></tr>
</table>`;
}

/** White behind the image whatever the colours of the page: a scanner needs the quiet zone. */
function qrCode(caption: string): string {
  const text = escapeHtml(caption);
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td style="padding:2px 0 6px 0;"><img src="cid:${QR_CONTENT_ID}" width="168" height="168" alt="${text}" style="display:block;width:168px;height:168px;border:0;background-color:#ffffff;${SANS}font-size:13px;line-height:18px;color:#1b2127;"></td></tr>
<tr><td class="soft" style="padding:0 0 8px 0;${SANS}font-size:13px;line-height:18px;color:#5b6672;${WRAP}">${text}</td></tr>
</table>`;
}

function pairs(rows: readonly NoticeRow[], align: 'left' | 'right', last: NoticeRow | null): string {
  const line = (row: NoticeRow, weight: string) => `<tr>
<td class="soft line" valign="top" style="padding:7px 12px 7px 0;border-bottom:1px solid #d9dfe5;${SANS}font-size:14px;line-height:20px;font-weight:${weight};color:#5b6672;">${escapeHtml(row.label)}</td>
<td class="ink line" valign="top" align="${align}" style="padding:7px 0;border-bottom:1px solid #d9dfe5;${SANS}font-size:14px;line-height:20px;font-weight:${weight};color:#1b2127;${align === 'right' ? 'white-space:nowrap;' : WRAP}">${escapeHtml(row.value)}</td>
</tr>`;
  const body = [...rows.map((row) => line(row, 'normal')), ...(last === null ? [] : [line(last, 'bold')])];
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">\n${body.join('\n')}\n</table>`;
}

/** The sections of the month's page about files: what came in, and what was refused and why. */
import { escapeHtml } from '../values/escape-html.ts';
import { shareBar } from './charts.ts';
import type { MonthReport } from './month-report.ts';
import { key, nothing, section, table } from './page-parts.ts';
import { count, plural } from './words.ts';

export function cameIn({ senders }: MonthReport): string {
  const rows = senders.map((sender) => [
    escapeHtml(senderName(sender)),
    count(sender.files),
    count(sender.applied),
    count(sender.held),
    count(sender.rejectedFiles),
    count(sender.copies),
    count(sender.rows),
  ]);
  const changes = senders
    .filter((sender) => sender.rows > 0)
    .map((sender) => {
      const parts = [
        { label: 'new', value: sender.created, tone: 'a' },
        { label: 'changed', value: sender.updated + sender.reactivated, tone: 'b' },
        { label: 'as before', value: sender.unchanged + sender.duplicates, tone: 'c' },
        { label: 'refused', value: sender.rejected, tone: 'd' },
        { label: 'not applied', value: sender.notApplied, tone: 'f' },
      ];
      const left = sender.deactivated > 0 ? `; ${plural(sender.deactivated, 'person', 'people')} deactivated` : '';
      const words = parts.filter(({ value }) => value > 0).map(({ label, value }) => `${count(value)} ${label}`);
      return `<figure><figcaption><strong>${escapeHtml(senderName(sender))}</strong> <span class="soft">${words.join(', ')}${left}</span></figcaption>
${shareBar(parts, `${senderName(sender)}: ${words.join(', ')}`)}</figure>`;
    });
  const colours = key([
    ['a', 'new'],
    ['b', 'changed'],
    ['c', 'as before'],
    ['d', 'refused'],
    ['f', 'not applied'],
  ]);
  return section(
    'came',
    'What came in',
    rows.length === 0
      ? nothing('No file came this month.')
      : table(['Sender', 'Files', 'Applied', 'Held', 'Rejected', 'Copies', 'Rows'], rows) +
          (changes.length === 0 ? '' : `<h3>What the rows changed</h3>${colours}${changes.join('\n')}`),
  );
}

export function refused({ senders, refusals }: MonthReport): string {
  const most = Math.max(1, ...refusals.map(({ times }) => times));
  const blocks = [...Map.groupBy(refusals, ({ secretariat }) => secretariat)].map(([code, reasons]) => {
    const name = senderName(senders.find((sender) => sender.code === code) ?? { code, name: null });
    const items = reasons.map(
      ({ code: reason, times }) =>
        `<li><span class="reason"><code>${escapeHtml(reason)}</code><span>${count(times)}</span></span><svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="4" class="e"/><rect width="${((100 * times) / most).toFixed(1)}" height="4" class="d"/></svg></li>`,
    );
    return `<div><h3>${escapeHtml(name)}</h3><ol>${items.join('')}</ol></div>`;
  });
  const forgotten = senders.reduce((sum, { withoutReason }) => sum + withoutReason, 0);
  const told = blocks.length === 0 ? '' : `<div class="columns">${blocks.join('\n')}</div>`;
  const gone =
    forgotten === 0
      ? ''
      : nothing(
          `Why ${plural(forgotten, 'refused row was', 'refused rows were')} refused is no longer kept: reasons go with the files, after the days of retention.raw.`,
        );
  return section('refused', 'What was refused, and why', `${told}${gone}` || nothing('Nothing was refused.'));
}

const OWN: Readonly<Record<string, string>> = { issuer: 'The issuer itself', bank: 'The bank' };

function senderName({ code, name }: { readonly code: string; readonly name: string | null }): string {
  return name ?? OWN[code] ?? code;
}

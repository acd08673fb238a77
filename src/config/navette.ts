/** The shape of `config/navette.yaml`: issuer, VAT, schedule, secretariats, channels, storage, limits and times. */
import { z } from 'zod';
import { LANGUAGES } from '../model.ts';
import { parseEnterpriseNumber } from '../transform/values/enterprise-number.ts';
import { isIban } from './iban.ts';
import { noticesShape } from './notices.ts';

/** How vouchers, on which no VAT is due, stand on e-invoices beside fees, on which it is. */
const VAT_STRATEGIES = ['exempt-line', 'split-documents'] as const;

const MEGABYTE = 1024 * 1024;
const UNITS: Record<string, number> = { B: 1, KB: 1024, MB: MEGABYTE, GB: 1024 * MEGABYTE };

/** `500MB` and the like, in bytes. */
export const byteSize = z
  .string()
  .regex(/^\d+ ?(B|KB|MB|GB)$/, 'a size such as 500MB')
  .transform((text) => {
    const [, count = '0', unit = 'B'] = /^(\d+) ?(\D+)$/.exec(text) ?? [];
    return Number(count) * (UNITS[unit] ?? 1);
  });

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day such as 2026-01-01');
const percent = z.string().regex(/^\d{1,2}(\.\d{1,4})?$/, 'decimal text such as "21"');
const span = z.string().regex(/^\d+ (days|months|years)$/, 'a time such as 13 months');
const ratio = z.number().min(0).max(1);

/** Limits of a drop; `navette.yaml` gives the defaults, a drop may name its own. */
export const limitsShape = z.strictObject({
  maxRejectedRatio: ratio.default(0.1),
  maxDeactivatedRatio: ratio.default(0.2),
  maxDeactivatedCount: z.number().int().min(0).default(50),
  maxBytes: byteSize.default(500 * MEGABYTE),
});

export const navetteShape = z.strictObject({
  issuer: z.strictObject({
    name: z.string().min(1),
    enterpriseNumber: z
      .string()
      .refine(
        (text) => parseEnterpriseNumber(text) === text,
        'expected ten digits with right check digits, such as 0417497106',
      ),
    vatNumber: z.string().min(1),
    address: z.string().min(1),
    iban: z
      .string()
      .transform((text) => text.replaceAll(' ', ''))
      .refine(isIban, 'expected an IBAN with right check digits, such as BE68 5390 0754 7034'),
    bic: z.string().regex(/^[A-Z0-9]{8}([A-Z0-9]{3})?$/, 'a BIC of 8 or 11 characters'),
    email: z.email(),
    paymentDays: z.number().int().min(0).max(365).default(14),
    reminderDays: z.array(z.number().int().min(1)).max(2).default([10, 20]),
    expireDays: z.number().int().min(1).default(45),
  }),
  vat: z.array(z.strictObject({ from: day, percent })).min(1),
  secretariats: z
    .array(
      z.strictObject({ code: z.string().regex(/^[a-z0-9-]+$/), name: z.string().min(1), language: z.enum(LANGUAGES) }),
    )
    .default([]),
  cardInvoice: z.enum(['together', 'separate']).default('together'),
  schedule: z.record(z.string(), z.string()).default({}),
  notices: noticesShape.default(() => noticesShape.parse({})),
  eInvoice: z
    .strictObject({ vatStrategy: z.enum(VAT_STRATEGIES).default('exempt-line') })
    .default({ vatStrategy: 'exempt-line' }),
  storage: z.strictObject({ folder: z.string().nullable().default(null) }).default({ folder: null }),
  limits: limitsShape.default(() => limitsShape.parse({})),
  plans: z.strictObject({ expireDays: z.number().int().min(1).default(7) }).default({ expireDays: 7 }),
  retention: z
    .strictObject({
      raw: span.default('13 months'),
      rejects: span.default('90 days'),
      history: span.default('10 years'),
      inactive: span.default('24 months'),
    })
    .default({ raw: '13 months', rejects: '90 days', history: '10 years', inactive: '24 months' }),
  timezone: z.literal('Europe/Brussels').default('Europe/Brussels'),
});

export type NavetteConfig = z.infer<typeof navetteShape>;
export type Limits = z.infer<typeof limitsShape>;

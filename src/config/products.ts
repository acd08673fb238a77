/** The shape of `config/products.yaml`: kinds of voucher with their names, dated legal limits and validity. */
import { z } from 'zod';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day such as 2026-01-01');
const cents = z.number().int().positive();

const product = z.strictObject({
  code: z.string().regex(/^[a-z0-9-]{1,8}$|^[a-z0-9-]+$/, 'lower-case letters, digits and dashes'),
  kind: z.enum(['count', 'amount']),
  names: z.strictObject({ fr: z.string(), nl: z.string(), de: z.string(), en: z.string() }),
  /** further names by which the portal and payroll offices call it */
  alsoCalled: z.array(z.string().min(1)).default([]),
  validity: z.union([
    z.strictObject({ months: z.number().int().positive() }),
    z.strictObject({
      until: z.strictObject({ month: z.number().int(), day: z.number().int() }),
      yearStarts: z.strictObject({ month: z.number().int(), day: z.number().int() }),
    }),
  ]),
  /** last day on which it may still be granted */
  saleUntil: day.nullable().default(null),
  limits: z
    .array(
      z.strictObject({
        from: day,
        maxFaceValue: cents.nullable().default(null),
        yearlyMax: cents.nullable().default(null),
        yearlyMaxPerChild: cents.nullable().default(null),
      }),
    )
    .min(1),
});

export const productsShape = z.strictObject({ products: z.array(product).min(1) });
export type ProductConfig = z.infer<typeof product>;

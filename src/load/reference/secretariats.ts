/** The social secretariats as the database knows them. */
import type { Language } from '../../model.ts';
import type { Db } from '../database.ts';

/** English for whoever is no secretariat: the issuer itself, and its bank. */
export async function languageOf(db: Db, secretariat: string): Promise<Language> {
  const known = await db
    .selectFrom('social_secretariat')
    .select('language')
    .where('code', '=', secretariat)
    .executeTakeFirst();
  return known?.language ?? 'en';
}

export function listSecretariats(db: Db): Promise<{ code: string; name: string; language: Language }[]> {
  return db.selectFrom('social_secretariat').selectAll().orderBy('code').execute();
}

/** The social secretariats as the database knows them. */
import type { Language } from '../../model.ts';
import type { Db } from '../database.ts';

export function listSecretariats(db: Db): Promise<{ code: string; name: string; language: Language }[]> {
  return db.selectFrom('social_secretariat').selectAll().orderBy('code').execute();
}

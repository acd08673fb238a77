/** `npm run licences`: writes docs/licences.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './command.ts';
import { licencesPage } from './licences.ts';

writeFileSync(join(ROOT, 'docs/licences.md'), licencesPage());

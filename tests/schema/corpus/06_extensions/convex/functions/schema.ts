import { convexTable, defineSchema, text } from 'kitcn/orm';
import { mailExtension } from '../lib/plugins/mail/schema';
import limits from '../lib/plugins/limits';

export const user = convexTable('user', { email: text().notNull() });

export const tables = { user };

export default defineSchema(tables)
  .extend(mailExtension({ retries: 3 }), limits)
  .relations((r) => ({
    user: { letters: r.many.mailLetter({ from: r.user.id, to: r.mailLetter.userId, alias: 'mail' }) },
    mailLetter: { user: r.one.user({ from: r.mailLetter.userId, to: r.user.id, alias: 'mail' }) },
  }));

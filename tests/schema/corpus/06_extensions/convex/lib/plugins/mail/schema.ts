import { bytes, convexTable, defineSchemaExtension, id, index, integer, text, textEnum } from 'kitcn/orm';

export const mailBodyTable = convexTable('mail_body', { content: bytes().notNull(), mime: text().notNull() });

export const mailLetterTable = convexTable(
  'mailLetter',
  {
    userId: text(),
    htmlId: id('mailBody'),
    textId: id('mailBody').references(() => mailBodyTable.id, { onDelete: 'cascade' }),
    status: textEnum(['waiting', 'sent'] as const).notNull(),
  },
  (t) => [index('by_status').on(t.status)],
);

const mailEventTable = convexTable('mailEvent', { letterId: text().notNull(), kind: text().notNull(), tries: integer() });

export type MailOptions = { retries?: number };

export function mailExtension(options: MailOptions = {}) {
  void options;
  return defineSchemaExtension('mail', {
    mailBody: mailBodyTable,
    mailLetter: mailLetterTable,
    mailEvent: mailEventTable,
  }).relations((r) => ({
    mailLetter: {
      html: r.one.mailBody({ from: r.mailLetter.htmlId, to: r.mailBody.id, alias: 'html' }),
      text: r.one.mailBody({ from: r.mailLetter.textId, to: r.mailBody.id, alias: 'text' }),
      events: r.many.mailEvent({ from: r.mailLetter.id, to: r.mailEvent.letterId }),
    },
    mailBody: { htmlLetters: r.many.mailLetter({ alias: 'html' }), textLetters: r.many.mailLetter({ alias: 'text' }) },
    mailEvent: { letter: r.one.mailLetter() },
  }));
}

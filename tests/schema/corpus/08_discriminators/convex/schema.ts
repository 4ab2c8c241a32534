import {
  arrayOf, boolean, convexTable, defineSchema, discriminator, id, index, integer, objectOf, text, textEnum, timestamp,
} from 'kitcn/orm';

const span = objectOf({ text: text().notNull(), mark: textEnum(['bold', 'plain'] as const) });
const body = arrayOf(span);
const media = () => ({ url: text().notNull(), caption: text() });

export const page = convexTable('page', { title: text(), parentId: id('page') });

export const block = convexTable(
  'block',
  {
    pageId: id('page').notNull().references(() => page.id, { onDelete: 'cascade' }),
    position: text().notNull(),
    kind: discriminator({
      as: 'content',
      variants: {
        divider: {},
        paragraph: { body },
        heading_1: { body, foldable: boolean() },
        heading_2: { body, foldable: boolean() },
        to_do: { body, checked: boolean().notNull() },
        code: { source: text().notNull(), language: textEnum(['c', 'rust', 'zig'] as const).notNull() },
        image: { ...media(), width: integer() },
        video: media(),
        embed: { url: text().notNull() },
        link: { targetPageId: id('page').references(() => page.id, { onDelete: 'set null' }) },
        synced: { sourceBlockId: id('block') },
        table: { columns: integer().notNull(), header: boolean().notNull() },
      },
    }),
  },
  (t) => [index('by_page_position').on(t.pageId, t.position), index('by_kind').on(t.kind)],
);

export const answer = convexTable('answer', {
  pageId: id('page').notNull(),
  value: discriminator({
    variants: {
      text: { words: text().notNull() },
      person: { userIds: arrayOf(id('user').notNull()).notNull() },
      date: { start: timestamp().notNull(), end: timestamp() },
      ...{ number: { amount: integer().notNull() } },
    },
  }),
});

export const user = convexTable('user', { name: text() });

export default defineSchema({ page, block, answer, user }).relations((r) => ({
  page: { blocks: r.many.block({ from: r.page.id, to: r.block.pageId, alias: 'body' }), answers: r.many.answer() },
  block: {
    page: r.one.page({ from: r.block.pageId, to: r.page.id, alias: 'body' }),
    linked: r.one.page({ from: r.block.targetPageId, to: r.page.id, alias: 'link' }),
    origin: r.one.block({ from: r.block.sourceBlockId, to: r.block.id, alias: 'sync' }),
  },
  answer: { page: r.one.page({ from: r.answer.pageId, to: r.page.id }) },
}));

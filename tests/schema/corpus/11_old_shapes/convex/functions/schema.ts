import {
  convexTable, defineRelations, defineSchema, defineTriggers, id, index, integer, text, timestamp,
} from 'better-convex/orm';
import { ratelimitPlugin } from 'better-convex/plugins/ratelimit';

export const user = convexTable('user', { name: text().notNull(), visits: integer().notNull().default(0) });
export const post = convexTable(
  'post',
  { authorId: id('user').notNull(), title: text().notNull(), createdAt: timestamp().notNull().defaultNow() },
  (t) => [index('by_author').on(t.authorId)],
);
export const comment = convexTable('comment', {
  postId: text().notNull().references(() => post.id, { onDelete: 'cascade' }),
  authorId: text().references(() => user.id),
});

export const tables = { user, post, comment };

export default defineSchema(tables, { strict: false, plugins: [ratelimitPlugin()] });

export const relations = defineRelations(tables, (r) => ({
  user: { posts: r.many.post(), comments: r.many.comment() },
  post: {
    author: r.one.user({ from: r.post.authorId, to: r.user.id }),
    comments: r.many.comment({ from: r.post.id, to: r.comment.postId }),
  },
  comment: {
    post: r.one.post({ from: r.comment.postId, to: r.post.id }),
    author: r.one.user({ from: r.comment.authorId, to: r.user.id }),
  },
}));

export const triggers = defineTriggers(relations, {
  comment: { create: { after: async () => {} } },
});

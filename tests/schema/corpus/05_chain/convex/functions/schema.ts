import { convexTable, defineSchema, defineSchemaExtension, index, text } from 'kitcn/orm';
import { notifyTriggers } from '../lib/triggers';

const author = convexTable('author', { name: text().notNull() });
const essay = convexTable('essay', { authorId: text().notNull(), title: text() }, (t) => [index('by_author').on(t.authorId)]);
let tables = { author, essay };

const history = defineSchemaExtension('history', {
  revision: convexTable('revision', { essayId: text().notNull().references(() => essay.id) }),
});

const base = defineSchema(tables);
const extended = base.extend(history);
const related = extended.relations((r) => {
  const back = { from: r.author.id, to: r.essay.authorId };
  return {
    author: { essays: r.many.essay(back) },
    essay: {
      author: r.one.author({ from: back.to, to: back.from }),
      revisions: r.many.revision({ from: r.essay.id, to: r.revision.essayId, where: { essayId: { isNotNull: true } } }),
    },
  };
});
const schema = related.triggers({
  essay: {
    ...notifyTriggers('essay'),
    create: {
      before: async (data: any) => ({ data }),
      after: async (doc: any, ctx: any) => {
        await ctx.db.insert('revision', { essayId: doc.id });
      },
    },
  },
});

export { schema as default, tables };

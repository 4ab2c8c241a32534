import { convexTable, defineSchema, id, index, text } from 'kitcn/orm';
import { pluginTables } from 'some-package/tables';
import { readFlags } from './flags';

const prefix = process.env.TABLE_PREFIX;
const flags = readFlags();

const user = convexTable('user', { name: text().notNull(), ...flags.columns }, (t) => [index('by_name').on(t.name)]);
const task = convexTable('task', { userId: id('user').notNull(), note: text(process.env.NOTE_NAME) });
const secret = convexTable(`${prefix}_secret`, { taskId: text().references(() => task.id) });

export const tables = {
  user,
  task,
  secret,
  ...pluginTables,
  [`${prefix}_extra`]: convexTable('extra', { word: text() }),
};

export default defineSchema(tables).relations((r: any) => ({
  user: { tasks: r.many.task({ from: r.user.id, to: r.task.userId }), [`${prefix}s`]: r.many.secret() },
  task: { user: r.one.user({ from: r.task.userId, to: r.user.id }) },
  ...(Math.random() > 0.5 ? { secret: { task: r.one.task({ from: r.secret.taskId, to: r.task.id }) } } : {}),
}));

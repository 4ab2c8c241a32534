import {
  arrayOf, bigint, boolean, bytes, convexTable, custom, date, defineSchema, id, index, integer, json, objectOf, text,
  textEnum, timestamp, unionOf, vector,
} from 'kitcn/orm';
import { v } from 'convex/values';
import { LEVELS, STAGES as stages, type Stage } from './constants';
import * as shared from './shared-columns';

const stamps = {
  createdAt: timestamp().notNull().defaultNow(),
  updatedAt: timestamp().notNull().$onUpdate(() => new Date()),
};
const requiredText = () => text().notNull();
const moneyColumn = (currency = 'EUR') => integer().$type<number>().default(currency === 'EUR' ? 0 : 1);
function ref(table: 'project' | 'worker') {
  return id(table).notNull();
}
const geo = { lat: v.number(), lng: v.number() };

export const worker = convexTable('worker', {
  ...stamps,
  ...shared.identity,
  name: requiredText().unique(),
  wage: moneyColumn().notNull(),
  bonus: moneyColumn('USD'),
  level: textEnum(LEVELS).notNull().default('junior'),
  only: textEnum(['single'] as const),
  place: custom(v.object(geo)),
  tags: arrayOf(text().notNull()).notNull(),
  bag: json<{ a: number }>(),
  size: objectOf({ width: integer().notNull(), unit: text(), parts: arrayOf(text()) }).notNull(),
  counts: objectOf(integer()),
  either: unionOf(text().notNull(), integer().notNull(), v.null()),
});

export const project = convexTable('project', {
  ...stamps,
  createdAt: integer(),
  ownerId: ref('worker').references(() => worker.id, { onDelete: 'restrict' }),
  leadId: shared.worker().notNull().references(() => worker.id, { onDelete: 'set null', onUpdate: 'no action' }),
  stage: textEnum(stages).$type<Stage>().default(stages[0]).notNull(),
  due: date().$defaultFn(() => '2026-01-01'),
  closed: date({ mode: 'date' }),
  at: timestamp('at_time', { mode: 'string' }).defaultNow(),
  big: bigint().notNull(),
  raw: bytes(),
  meaning: vector(3).notNull(),
  done: boolean('finished').notNull().default(false),
  helpers: arrayOf(id('worker')),
  nested: objectOf({ by: id('worker').notNull(), seen: arrayOf(objectOf({ worker: id('worker') })) }),
  primary: text().primaryKey(),
} as const satisfies Record<string, unknown>, (project) => [
  index('by_owner_stage').on(project.ownerId, project.stage),
]);

export default defineSchema({ worker, project }).relations((r) => ({
  project: {
    owner: r.one.worker({ from: r.project.ownerId, to: r.worker.id, alias: 'owned' }),
    lead: r.one.worker({ from: r.project.leadId, to: r.worker.id, alias: 'led' }),
  },
  worker: {
    owned: r.many.project({ alias: 'owned' }),
    led: r.many.project({ alias: 'led' }),
  },
}));

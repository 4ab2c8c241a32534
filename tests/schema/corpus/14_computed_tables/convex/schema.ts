import { convexTable, defineSchema, id, index, integer, text } from 'kitcn/orm';
import { KINDS, type Kind } from '../shared/kinds';

export const person = convexTable('person', { name: text().notNull() });

const columns = { personId: id('person').notNull().references(() => person.id, { onDelete: 'cascade' }), amount: integer() } as const;
const extra = (t: any) => [index('personId').on(t.personId)];

const perKind = Object.fromEntries(KINDS.map((kind) => [kind, convexTable(kind, { ...columns, source: text() }, extra)])) as Record<
  Kind,
  any
>;

const logs: Record<string, any> = {};
for (const kind of KINDS) {
  logs[`${kind}Log`] = convexTable(`${kind}Log`, {
    entryId: text().notNull().references(() => perKind[kind].id, { onDelete: 'cascade' }),
  });
}

export const tables = { person, ...perKind, ...logs };

export default defineSchema(tables).relations((r: any) => ({
  person: Object.fromEntries(KINDS.map((kind) => [`${kind}s`, r.many[kind]({ from: r.person.id, to: r[kind].personId })])),
  ...Object.fromEntries(
    KINDS.map((kind) => [
      kind,
      {
        person: r.one.person({ from: r[kind].personId, to: r.person.id }),
        log: r.many[`${kind}Log`]({ from: r[kind].id, to: r[`${kind}Log`].entryId }),
      },
    ]),
  ),
}));

import { boolean, convexTable, defineSchema, id, index, integer, text, timestamp } from 'kitcn/orm';

// Tables made by functions, closures, reductions and conditionals whose outcome reading can tell.
const nullable = false;
const column = (required: boolean) => (required ? text().notNull() : text());
const flags = ['hot', 'cold'].reduce<Record<string, any>>((all, flag) => ({ ...all, [`is_${flag}`]: boolean() }), {});

function owned(name: string, more: Record<string, any> = {}) {
  const shape: Record<string, any> = { ownerId: id('user').notNull(), ...more };
  if (name === 'house') {
    shape.street = text();
  }
  return convexTable(name, shape, (t) => Object.keys(more).map((key) => index(`by_${key}`).on((t as any)[key])));
}

const user = convexTable('user', { name: column(!nullable), nick: column(nullable), ...flags });
const [house, car] = ['house', 'car'].map((name, at) => owned(name, at === 0 ? { rooms: integer() } : { wheels: integer(), since: timestamp() }));

const all = Object.assign({}, { user }, { house });
const rest = [['car', car] as const, ...Object.entries({ boat: owned('boat') })];

export const tables = { ...all, ...Object.fromEntries(rest), ...(nullable ? { never: owned('never') } : {}) };

export default defineSchema(tables as any).relations((r: any) => {
  const relations: Record<string, any> = { user: {} };
  for (const [name] of Object.entries(tables)) {
    if (name === 'user') continue;
    relations.user[`${name}s`] = r.many[name]({ from: r.user.id, to: r[name].ownerId });
    relations[name] = { owner: r.one.user({ from: r[name].ownerId, to: r.user.id }) };
  }
  return relations;
});

import { convexTable, defineSchema, id, text } from 'kitcn/orm';
import { defineTable } from 'convex/server';
import { v } from 'convex/values';

const city = convexTable('city', { name: text().notNull(), mayorId: id('person') });
const person = convexTable('person', { cityId: id('city').notNull() });

export default defineSchema({
  city,
  person,
  visit: defineTable({ cityId: v.id('city'), personIds: v.array(v.id('person')) }).index('by_city', ['cityId']),
}).relations((r) => ({
  city: { people: r.many.person({ from: r.city.id, to: r.person.cityId }) },
}));

import { defineSchema, defineTable } from 'convex/server';
import { v, type Infer } from 'convex/values';
import { agentTables } from './agent/schema';
import { messageFields } from './fields';

const money = v.object({ amount: v.int64(), currency: v.string() });
const status = v.union(v.literal('draft'), v.literal('sent'));
export type Status = Infer<typeof status>;

const schema = defineSchema(
  {
    users: defineTable({ name: v.string(), avatar: v.optional(v.id('_storage')), settings: v.any() })
      .index('by_name', ['name'])
      .searchIndex('search_name', { searchField: 'name', filterFields: ['settings.theme'] }),
    channels: defineTable({
      members: v.array(v.object({ userId: v.id('users'), since: v.number() })),
      byTopic: v.record(v.string(), v.id('messages')),
      owner: v.object({ primary: v.id('users'), deputy: v.optional(v.id('users')) }),
      price: v.optional(money),
      status,
    }).index('by_owner', ['owner.primary', 'status']),
    messages: defineTable(messageFields).index('by_channel', ['channelId', 'authorId']),
    events: defineTable(
      v.union(
        v.object({ kind: v.literal('join'), userId: v.id('users') }),
        v.object({ kind: v.literal('post'), messageId: v.id('messages'), userId: v.optional(v.id('users')) }),
      ),
    ).index('by_kind', ['kind']),
    vectors: defineTable({ messageId: v.id('messages'), floats: v.array(v.float64()) }).vectorIndex('by_floats', {
      vectorField: 'floats',
      dimensions: 4,
      filterFields: ['messageId'],
    }),
    loose: defineTable(v.any()),
    ...agentTables,
  },
  { schemaValidation: false, strictTableNameTypes: true },
);

export default schema;

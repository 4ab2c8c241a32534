import { defineTable } from 'convex/server';
import { v } from 'convex/values';
import { messageFields } from '../fields';

const { body: _body, ...reference } = messageFields;

export const agentTables = {
  agents: defineTable({ ...reference, prompt: v.nullable(v.string()) }).index('by_channel', ['channelId']),
  drafts: defineTable(v.object(messageFields).omit('replyTo').extend({ agentId: v.id('agents') })),
};

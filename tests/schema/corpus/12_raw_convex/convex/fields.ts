import { v } from 'convex/values';

export const messageFields = {
  channelId: v.id('channels'),
  authorId: v.union(v.id('users'), v.null()),
  body: v.string(),
  mentions: v.optional(v.array(v.id('users'))),
  replyTo: v.optional(v.id('messages')),
};

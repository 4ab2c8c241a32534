import { v } from 'convex/values';
import { defineEnt, defineEntSchema, getEntDefinitions } from 'convex-ents';

const schema = defineEntSchema({
  teams: defineEnt({ name: v.string() })
    .field('slug', v.string(), { unique: true })
    .field('plan', v.union(v.literal('free'), v.literal('paid')), { default: 'free' })
    .edges('members', { ref: true })
    .edges('projects', { ref: 'ownerTeamId' })
    .deletion('soft'),
  members: defineEnt({ role: v.string() })
    .field('email', v.string(), { index: true })
    .edge('team')
    .edge('user')
    .edges('projects')
    .searchIndex('search_role', { searchField: 'role', filterFields: ['teamId'] }),
  users: defineEnt({})
    .field('name', v.optional(v.string()))
    .edges('members', { ref: true })
    .edge('profile', { ref: true })
    .deletion('soft')
    .edges('followers', { to: 'users', inverse: 'followees' })
    .edges('friends', { to: 'users' })
    .index('by_name', ['name']),
  profiles: defineEnt({ bio: v.string() }).edge('user'),
  projects: defineEnt({ title: v.string() })
    .edge('ownerTeam', { to: 'teams', field: 'ownerTeamId' })
    .edges('members')
    .edges('labels', { to: 'labels', table: 'project_labels', field: 'projectId' })
    .deletion('scheduled', { delayMs: 1000 }),
  labels: defineEnt({ text: v.string() }).edges('projects', { to: 'projects', table: 'project_labels', field: 'labelId' }),
});

export default schema;
export const entDefinitions = getEntDefinitions(schema);

import { convexTable, defineSchema, id, index, text } from 'kitcn/orm';

const person = convexTable('person', { handle: text().notNull().unique(), region: text() });
const topic = convexTable('topic', { name: text().notNull() });
const interest = convexTable(
  'interest_join',
  { personId: id('person').notNull().references(() => person.id), topicId: id('topic').notNull().references(() => topic.id) },
  (t) => [index('by_person').on(t.personId), index('by_topic').on(t.topicId)],
);
const follow = convexTable('follow', { followerId: id('person').notNull(), followedId: id('person').notNull() });
const badge = convexTable('badge', { region: text(), label: text() });
const award = convexTable('award', { handle: text().notNull(), badgeId: id('badge').notNull() });

export default defineSchema({ person, topic, interest, follow, badge, award }).relations((r) => ({
  person: {
    topics: r.many.topic({ from: r.person.id.through(r.interest.personId), to: r.topic.id.through(r.interest.topicId) }),
    followers: r.many.person({
      from: r.person.id.through(r.follow.followedId),
      to: r.person.id.through(r.follow.followerId),
      alias: 'follows',
    }),
    following: r.many.person({ alias: 'follows' }),
    badges: r.many.badge({ from: [r.person.handle.through(r.award.handle)], to: [r.badge.id.through(r.award.badgeId)] }),
    interests: r.many.interest({ from: r.person.id, to: r.interest.personId }),
  },
  topic: { people: r.many.person() },
  interest: { person: r.one.person({ from: r.interest.personId, to: r.person.id }), topic: r.one.topic({ from: r.interest.topicId, to: r.topic.id }) },
  badge: { regional: r.many.person({ from: r.badge.region, to: r.person.region, alias: 'region', where: { handle: { ne: '' } } }) },
}));

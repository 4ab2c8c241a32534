import {
  aggregateIndex, check, convexTable, defineSchema, deletion, eq, foreignKey, gt, id, index, integer, rankIndex,
  rlsPolicy, rlsRole, searchIndex, text, timestamp, unique, uniqueIndex, vector, vectorIndex,
} from 'kitcn/orm';

const byOwner = (t: any) => [index('by_owner').on(t.ownerId)];
function audited<T extends { touchedBy: any }>(table: T) {
  return [index('by_touched').on(table.touchedBy)] as const;
}
const extras = (prefix: string) => (t: any) => [
  ...byOwner(t),
  index(`${prefix}_title`).on(t.title),
];

export const person = convexTable('person', { country: text().notNull(), number: text().notNull(), name: text() }, (t) => [
  unique('person_document').on(t.country, t.number),
  unique().on(t.name, t.country).nullsNotDistinct(),
]);

export const paper = convexTable.withRLS(
  'paper',
  {
    ownerId: id('person').notNull(),
    title: text().notNull(),
    body: text(),
    touchedBy: id('person'),
    embedding: vector(8),
    ownerCountry: text(),
    ownerNumber: text(),
    score: integer().notNull(),
    seen: timestamp(),
    deletionTime: integer(),
  },
  (t) => ({
    ...byOwner(t),
    owners: extras('paper')(t)[1],
    touched: audited(t)[0],
    search: searchIndex('search_title').on(t.title).filter(t.ownerId, t.score).staged(),
    near: vectorIndex('by_embedding').on(t.embedding).dimensions(8).filter(t.ownerId),
    document: foreignKey({ columns: [t.ownerCountry, t.ownerNumber], foreignColumns: [person.country, person.number] })
      .onDelete('set null')
      .onUpdate('cascade'),
    totals: aggregateIndex('by_owner_totals').on(t.ownerId).count(t.body).sum(t.score).avg(t.score).min(t.score).max(t.seen),
    all: aggregateIndex('everything').all().sum(t.score),
    rank: rankIndex('top').partitionBy(t.ownerId).orderBy({ column: t.score, direction: 'desc' }).orderBy(t.seen).sum(t.score),
    positive: check('score_positive', gt(t.score, 0)),
    gone: deletion('soft'),
    read: rlsPolicy('read_own', { for: 'select', to: rlsRole('member'), using: (ctx: any) => eq(t.ownerId, ctx.viewerId) }),
    write: rlsPolicy('write_own', { as: 'restrictive', for: 'update', withCheck: (ctx: any) => eq(t.ownerId, ctx.viewerId) }),
  }),
);

const lateConfig = [index('by_paper')] as const;

export const note = convexTable('note', { paperId: text().references(() => paper.id), at: timestamp({ mode: 'string' }) }, (note) => {
  const [first] = lateConfig;
  return [first.on(note.paperId, note.at), uniqueIndex('one_per_time').on(note.at)];
});

export const emptied = convexTable('emptied', { word: text().unique('only_once', { nulls: 'not distinct' }) }, () => []);

export default defineSchema({ person, paper, note, emptied }).relations((r) => ({
  person: {
    papers: r.many.paper({ from: r.person.id, to: r.paper.ownerId, alias: 'owner' }),
    touched: r.many.paper({ from: r.person.id, to: r.paper.touchedBy, alias: 'touch' }),
    documents: r.many.paper({
      from: [r.person.country, r.person.number],
      to: [r.paper.ownerCountry, r.paper.ownerNumber],
      alias: 'document',
    }),
  },
  paper: {
    owner: r.one.person({ from: r.paper.ownerId, to: r.person.id, alias: 'owner' }),
    toucher: r.one.person({ from: r.paper.touchedBy, to: r.person.id, alias: 'touch' }),
    holder: r.one.person({
      from: [r.paper.ownerCountry, r.paper.ownerNumber],
      to: [r.person.country, r.person.number],
      alias: 'document',
    }),
    notes: r.many.note(),
  },
  note: { paper: r.one.paper({ from: r.note.paperId, to: r.paper.id }) },
}));

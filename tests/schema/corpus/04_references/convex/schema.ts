import { type AnyColumn, convexTable, defineSchema, foreignKey, id, index, text } from 'kitcn/orm';

// Tables refer to ones declared later, to themselves and to each other.
export const folder = convexTable('folder', {
  parentId: text().references((): AnyColumn => folder.id, { onDelete: 'cascade' }),
  coverId: id('file').references((): AnyColumn => file.id, { onDelete: 'set null', onUpdate: 'cascade' }),
  slug: text().notNull().unique(),
  twinSlug: text().references((): AnyColumn => folder.slug),
});

export const account = convexTable('account', { name: text() });

export const file = convexTable(
  'file',
  {
    folderId: id('folder').notNull(),
    path: text().notNull(),
    ownerId: text()
      .notNull()
      .references(() => account.id, { onDelete: 'cascade' })
      .references(() => robot.id, { onDelete: 'no action' }),
    folderSlug: text(),
    reviewerId: id('account').references(() => account.id),
  },
  (t) => [
    index('by_folder').on(t.folderId),
    foreignKey({
      name: 'file_folder',
      columns: [t.folderSlug],
      foreignColumns: [folder.slug],
      onDelete: 'set default',
    }),
    foreignKey({ columns: [t.reviewerId], foreignColumns: [account.id] }).onDelete('restrict'),
  ],
);

export const robot = convexTable('robot', { inventorId: id('account'), 'built-by': id('account') });
export const grant = convexTable('grant', {
  storage: id('_storage'),
  job: id('_scheduled_functions'),
  fileId: id('file').notNull().references(() => file.id, { onDelete: 'cascade' }),
});

export default defineSchema({ folder, file, account, robot, grant }).relations((r) => ({
  folder: {
    parent: r.one.folder({ from: r.folder.parentId, to: r.folder.id, alias: 'tree' }),
    children: r.many.folder({ from: r.folder.id, to: r.folder.parentId, alias: 'tree' }),
    files: r.many.file({ from: r.folder.id, to: r.file.folderId }),
    bySlug: r.many.file({ from: r.folder.slug, to: r.file.folderSlug, alias: 'slug' }),
  },
  file: {
    folder: r.one.folder({ from: r.file.folderId, to: r.folder.id }),
    folderBySlug: r.one.folder({ from: r.file.folderSlug, to: r.folder.slug, alias: 'slug' }),
    owner: r.one.account({ from: r.file.ownerId, to: r.account.id }),
  },
}));

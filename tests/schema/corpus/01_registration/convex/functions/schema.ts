import { boolean, convexTable, defineSchema, index, text, uniqueIndex } from 'kitcn/orm';
import { memberTable } from './members';

export const libraryTable = convexTable('library', { city: text().notNull(), open: boolean() }, (libraryTable) => [
  index('by_city').on(libraryTable.city),
]);

// Declared, never registered.
export const shelfDraft = convexTable('shelfDraft', { label: text() });

const loans = convexTable(
  'loans',
  {
    memberId: text()
      .notNull()
      .references(() => memberTable.id, { onDelete: 'cascade' }),
    libraryId: text().references(() => libraryTable.id),
  },
  (loans) => [
    index('by_member').on(loans.memberId),
    uniqueIndex('by_library_member').on(loans.libraryId, loans.memberId),
  ],
);

export const tables = {
  library: libraryTable,
  'reader': memberTable,
  loans,
  fine: convexTable('fine', { loanId: text().notNull().references(() => loans.id) }),
} as const;

export type TableName = keyof typeof tables;

const schema = defineSchema(tables, { strict: false, defaults: { defaultLimit: 50 } }).relations((r) => ({
  library: { loans: r.many.loans({ from: r.library.id, to: r.loans.libraryId }) },
  reader: { loans: r.many.loans({ from: r.reader.id, to: r.loans.memberId }) },
  loans: {
    reader: r.one.reader({ from: r.loans.memberId, to: r.reader.id, optional: false }),
    library: r.one.library({ from: r.loans.libraryId, to: r.library.id }),
    fine: r.one.fine({ from: r.loans.id, to: r.fine.loanId }),
  },
}));

export default schema;

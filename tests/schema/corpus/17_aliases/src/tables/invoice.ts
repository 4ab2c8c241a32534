import { convexTable, text } from 'kitcn/orm';
import { accountTable } from './account';

export const invoiceTable = convexTable('invoice', {
  accountId: text()
    .notNull()
    .references(() => accountTable.id, { onDelete: 'restrict' }),
});

import { convexTable, text } from 'kitcn/orm';

export const accountTable = convexTable('account', { email: text().notNull().unique() });

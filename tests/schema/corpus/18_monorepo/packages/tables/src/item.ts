import { convexTable, text } from 'kitcn/orm';
import { orderTable } from '.';

export const itemTable = convexTable('item', { orderNumber: text().notNull().references(() => orderTable.number, { onUpdate: 'cascade' }) });

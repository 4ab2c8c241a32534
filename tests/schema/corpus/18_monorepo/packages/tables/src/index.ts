import { convexTable, text } from 'kitcn/orm';
import * as columns from './columns';

export const orderTable = convexTable('order', { ...columns.stamped, number: text().notNull().unique('order_number') });
export { columns };

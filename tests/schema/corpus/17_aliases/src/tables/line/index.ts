import { convexTable, id, integer } from 'kitcn/orm';

export const lineTable = convexTable('line', { invoiceId: id('invoice').notNull(), cents: integer().notNull() });

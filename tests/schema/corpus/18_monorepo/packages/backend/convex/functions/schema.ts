import { columns, orderTable } from '@shop/tables';
import { itemTable } from '@shop/tables/item';
import { convexTable, defineSchema, id } from 'kitcn/orm';
import { defineShopRelations } from '@shop/relations';

export const shipment = convexTable('shipment', { ...columns.stamped, orderId: id('order').notNull().references(() => orderTable.id) });

export default defineSchema({ order: orderTable, item: itemTable, shipment }).relations(defineShopRelations);

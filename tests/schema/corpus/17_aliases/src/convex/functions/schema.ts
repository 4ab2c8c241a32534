import { defineSchema } from 'kitcn/orm';
import { accountTable } from '@/tables/account';
import { invoiceTable } from '~tables/invoice.js';
import { lineTable } from 'tables/line';
import { relations } from '#relations';

export default defineSchema({ account: accountTable, invoice: invoiceTable, line: lineTable }).relations(relations);

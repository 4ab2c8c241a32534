import { convexTable, text } from 'kitcn/orm';

const tables = { moss: convexTable('moss', { shade: text() }) };
export const archive = convexTable('archive', { thing: text() });
export type Thing = { thing: string };
export { tables as default };

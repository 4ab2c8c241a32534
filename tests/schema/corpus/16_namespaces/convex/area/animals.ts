import { convexTable, id, text } from 'kitcn/orm';

export const zebra = convexTable('zebra', { old: text() });
export const ape = convexTable('ape', { keeperId: id('keeper'), cousin: id('zebra').references(() => zebra.id) });

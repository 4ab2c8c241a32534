import { timestamp } from 'kitcn/orm';

export const stamped = { createdAt: timestamp().notNull().defaultNow(), updatedAt: timestamp() };

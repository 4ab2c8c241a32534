import { convexTable, text, timestamp } from 'kitcn/orm';

// The key under which it is registered differs from the variable and from this name.
export const memberTable = convexTable('member_record', {
  name: text().notNull(),
  email: text().notNull().unique(),
  joined: timestamp().notNull().defaultNow(),
});

import { convexTable, id, integer, timestamp } from 'kitcn/orm';
import * as clubTables from '../club/tables';

export const match = convexTable('match', {
  homeId: id('player').notNull().references(() => clubTables.player.id, { onDelete: 'cascade' }),
  awayId: id('player').notNull().references(() => clubTables.player.id, { onDelete: 'cascade' }),
  playedAt: timestamp(),
});

export const goal = convexTable('goal', {
  matchId: id('match').notNull().references(() => match.id, { onDelete: 'cascade' }),
  minute: integer().notNull(),
  scorerId: id('player'),
});

import { convexTable, id, index, text } from 'kitcn/orm';

export const player = convexTable(
  'player',
  { clubId: id('club').references(() => club.id, { onDelete: 'set null' }), name: text().notNull() },
  (player) => [index('clubId').on(player.clubId)],
);

export const club = convexTable('club', { name: text().notNull(), captainId: id('player') });

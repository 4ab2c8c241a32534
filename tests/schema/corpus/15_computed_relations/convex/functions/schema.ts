import { convexTable, defineSchema, integer, text } from 'kitcn/orm';
import { slugs } from '@/lib/games';

export const playerTable = convexTable('player', { name: text().notNull().unique(), points: integer().notNull().default(0) });

export const roundTable = convexTable('round', {
  key: text().notNull().unique(),
  playerId: text().notNull().references(() => playerTable.id, { onDelete: 'cascade' }),
});

const gameColumns = {
  roundKey: text().notNull().unique().references(() => roundTable.key, { onDelete: 'cascade' }),
} as const satisfies Parameters<typeof convexTable>[1];

function gameExtras<T extends typeof gameColumns>(_table: T) {
  return [] as const;
}

const chess = convexTable('chessRound', { ...gameColumns, board: text() }, (chess) => [...gameExtras(chess)]);
const dice = convexTable('diceRound', { ...gameColumns, sides: integer() }, (dice) => [...gameExtras(dice)]);

const games = { [slugs.chess]: chess, [slugs.dice]: dice } as const;
type Game = (typeof games)[keyof typeof games];

function perGame<K extends PropertyKey, V>(make: (table: Game, name: string) => [K, V]): Record<K, V> {
  return Object.fromEntries(Object.values(games).map((table) => make(table, table.tableName))) as Record<K, V>;
}

export const tables = {
  player: playerTable,
  round: roundTable,
  ...perGame((table) => [table.tableName, table]),
};

export default defineSchema(tables).relations((r: any) => ({
  player: { rounds: r.many.round({ from: r.player.id, to: r.round.playerId }) },
  round: {
    player: r.one.player({ from: r.round.playerId, to: r.player.id, optional: false }),
    ...perGame((_, name) => [name, r.many[name]({ from: r.round.key, to: r[name].roundKey })]),
  },
  ...perGame((_, name) => [
    name,
    {
      round: r.one.round({ from: r[name].roundKey, to: r.round.key, optional: false }),
    },
  ]),
}));

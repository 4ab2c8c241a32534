import type { RelationsBuilder } from 'kitcn/orm';
import type { tables } from '../../functions/schema';

export function matchRelations(r: RelationsBuilder<typeof tables>) {
  const player = (column: any, alias: string) => r.one.player({ from: column, to: r.player.id, alias });
  return {
    match: {
      home: player(r.match.homeId, 'home'),
      away: player(r.match.awayId, 'away'),
      goals: r.many.goal(),
    },
    goal: { match: r.one.match({ from: r.goal.matchId, to: r.match.id }), scorer: r.one.player({ from: r.goal.scorerId, to: r.player.id }) },
  };
}

import type { RelationsBuilder } from 'kitcn/orm';
import type { tables } from '../../functions/schema';

export const defineClubRelations = (r: RelationsBuilder<typeof tables>) => ({
  player: {
    club: r.one.club({ from: r.player.clubId, to: r.club.id, alias: 'members' }),
    captainOf: r.many.club({ from: r.player.id, to: r.club.captainId, alias: 'captain' }),
    home: r.many.match({ from: r.player.id, to: r.match.homeId, alias: 'home' }),
    away: r.many.match({ from: r.player.id, to: r.match.awayId, alias: 'away' }),
  },
  club: {
    players: r.many.player({ from: r.club.id, to: r.player.clubId, alias: 'members' }),
    captain: r.one.player({ from: r.club.captainId, to: r.player.id, alias: 'captain' }),
  },
});

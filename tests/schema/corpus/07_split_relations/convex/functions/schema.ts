import { defineSchema } from 'kitcn/orm';
import { defineClubRelations } from '../domains/club/relations';
import * as clubTables from '../domains/club/tables';
import { matchRelations } from '../domains/match/relations';
import * as matchTables from '../domains/match/tables';

export const tables = {
  ...matchTables,
  ...clubTables,
};

export default defineSchema(tables).relations((r) => ({
  ...defineClubRelations(r),
  ...matchRelations(r),
}));

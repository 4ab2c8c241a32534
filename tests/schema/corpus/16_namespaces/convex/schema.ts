import * as orm from 'kitcn/orm';
import * as area from './area';
import legacy, { archive as stored, type Thing } from './legacy';

export type { Thing };

const overriding = {
  zebra: orm.convexTable('zebra', { keeperId: orm.id('keeper').notNull(), stripes: orm.integer() }),
};

export const tables = { ...area, ...legacy, ...overriding, archive: stored };

export default orm.defineSchema(tables as any).relations((r: any) => ({
  keeper: { zebras: r.many.zebra({ from: r.keeper.id, to: r.zebra.keeperId }), apes: r.many.ape({ from: r.keeper.id, to: r.ape.keeperId }) },
  zebra: { keeper: r.one.keeper({ from: r.zebra.keeperId, to: r.keeper.id }) },
}));

export * from './animals';
export { keeperTable as keeper } from './people';
export type Area = 'north' | 'south';

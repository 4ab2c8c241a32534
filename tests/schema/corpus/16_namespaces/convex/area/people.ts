import * as helpers from './helpers';
import { convexTable, text } from 'kitcn/orm';

export const keeperTable = convexTable(helpers.quiet('KEEPER'), { name: text().notNull() });

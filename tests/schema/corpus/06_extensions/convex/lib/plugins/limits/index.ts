import { convexTable, defineSchemaExtension, integer, text } from 'kitcn/orm';

const limitsExtension = defineSchemaExtension('limits', {
  limitBucket: convexTable('limitBucket', { key: text().notNull().unique(), left: integer().notNull() }),
}).triggers({ limitBucket: { change: async () => {} } });

export default limitsExtension;

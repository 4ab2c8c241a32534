import { id, text } from 'kitcn/orm';

export const worker = () => id('worker');
export const identity = { code: text().notNull(), nick: text() } as const;

export const KINDS = ['income', 'expense', 'transfer'] as const;
export type Kind = (typeof KINDS)[number];

export const LEVELS = ['junior', 'senior'] as const;
export const STAGES = ['idea', 'build', ...(['ship'] as const)] as const;
export type Stage = (typeof STAGES)[number];

export const quiet = (word: string) => word.toLowerCase();

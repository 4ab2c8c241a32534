export enum Slug {
  Chess = 'board/chess',
  Dice = 'luck/dice',
}

export const slugs = { chess: Slug.Chess, dice: Slug.Dice };

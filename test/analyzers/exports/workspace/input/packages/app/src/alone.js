export const alone = 1, lonely = 2;

export const reachedByPrefix = 1;

export const a = 1; export const usedByNuxt = 2;

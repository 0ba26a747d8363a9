export const usedByNamespace = 1;

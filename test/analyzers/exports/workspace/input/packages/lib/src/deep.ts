export const deep = 1; export const offeredDeep = 2;

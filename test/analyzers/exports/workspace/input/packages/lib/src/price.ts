export const price = 1; export const offered = 2;

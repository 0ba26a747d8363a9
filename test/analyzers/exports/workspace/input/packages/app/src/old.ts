export const reachedByText = 1;

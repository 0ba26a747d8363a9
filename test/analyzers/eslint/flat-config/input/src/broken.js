export const answer = ;

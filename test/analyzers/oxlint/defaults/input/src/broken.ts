export const = 1;
const also wrong

export const tax = 1;
export const forgotten = 2;
export const inside = 3;
const other = inside + 1;
export default other;

export const format = (cents: number) => `${cents / 100} EUR`;
export const revalidate = 60;
export const nobodyAsks = 1;

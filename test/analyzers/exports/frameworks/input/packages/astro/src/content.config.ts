export const collections = {};
export const names = ["blog"];

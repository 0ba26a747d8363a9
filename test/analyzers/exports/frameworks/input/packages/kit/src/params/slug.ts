export const match = (value: string) => value !== "";
export const letters = "abc";

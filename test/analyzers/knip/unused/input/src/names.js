export const used = (value) => value;
export const unused = "é🙂"; export const alsoUnused = 2;

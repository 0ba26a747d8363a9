const label = "é🛒"; eval(label);
export const total = (a, b) => a == b;

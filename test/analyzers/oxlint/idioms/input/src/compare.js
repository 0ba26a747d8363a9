export const differs = (a, b) => !a !== !b || a.length !== b.length;
export const wrong = (a, b) => !a === b;

// @flow
opaque type A = string;
export const f = (x: A): %checks => !!x;

import * as bootstrap from "bootstrap";

export const isFlipped = (mode, flip) => (mode === "after") !== !!flip;
export const isAfter = (mode, flip) => mode === "after" !== !!flip;

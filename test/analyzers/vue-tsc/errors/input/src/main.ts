import Price from "./Price.vue";

export const answer: number = "forty-two";
export { Price };

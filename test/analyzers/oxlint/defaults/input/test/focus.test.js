import { unused } from "x";
const setup = 1;
it.only("a", () => {});

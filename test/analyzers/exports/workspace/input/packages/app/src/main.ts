import { alone } from "./alone"; export const entry = alone;

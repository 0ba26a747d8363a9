export * from "./price.ts"; export { tax as vat } from "./tax.js";

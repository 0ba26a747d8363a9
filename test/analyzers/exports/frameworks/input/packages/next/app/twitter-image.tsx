export { default, alt } from "./opengraph-image";

/** Linear: an issue tracker. */
export { createLinearTracker } from "./tracker.ts";

/** GitHub: a code host and an issue tracker. */
export { createGithubHost } from "./host.ts";
export { createGithubTracker } from "./tracker.ts";

/** A process that publishes and may be killed at any moment; what it publishes comes in on stdin. */
import { text } from "node:stream/consumers";
import { publishRun } from "../../src/app/publish-run.ts";
import { createGithubHost } from "../../src/integrations/github/index.ts";
import { type Assignment, requestOf } from "./publish-scene.ts";

const given = JSON.parse(await text(process.stdin)) as Assignment;
const silent = { warn: () => {}, info: () => {}, debug: () => {} };
const host = createGithubHost({
  slug: given.slug,
  token: given.token,
  baseUrl: given.baseUrl,
  log: silent,
  clock: { now: () => new Date(), monotonic: () => performance.now() },
  second: 3,
});
const outcome = await publishRun(requestOf(host, given));
process.exitCode = outcome.status === "published" ? 0 : 1;

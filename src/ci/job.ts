/** The job that this runs in: what happened, where, on which commit. Told by the runner's variables and the event's file. */
import { readFileSync } from "node:fs";
// Its types only: the toolkit's own context reads the process's environment when it is imported, ours is handed in.
import type { context } from "@actions/github";
import type { World } from "../app/world.ts";
import { Failure } from "../model/failure.ts";

type Json = Readonly<Record<string, unknown>>;
/** An event's file, as GitHub's toolkit types it. */
type Payload = Json & Pick<typeof context.payload, "action" | "pull_request" | "repository" | "sender">;

export interface Job {
  /** GitHub's name: `pull_request`, `push`, `schedule`, `workflow_run`, … */
  readonly eventName: string;
  readonly eventPath: string;
  readonly payload: Payload;
  /** `owner/name`. */
  readonly slug: string;
  /** Commit that the event is about; of a pull request a merge that GitHub made. */
  readonly sha: string | undefined;
  /** `refs/heads/main`. */
  readonly ref: string | undefined;
  readonly apiUrl: string;
  readonly serverUrl: string;
  /** Page of this run. */
  readonly runUrl: string | undefined;
  readonly pullRequest: PullRequestFacts | undefined;
}

export interface PullRequestFacts {
  readonly number: number;
  readonly headSha: string;
  readonly baseSha: string;
  readonly baseBranch: string;
  /** The head lives in another repository, or in one that is gone. */
  readonly isFork: boolean;
}

const commitPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

export function readJob(world: World): Job {
  const { env } = world;
  const need = (name: string): string => {
    const value = env[name];
    if (value !== undefined && value !== "") return value;
    throw new Failure("CF551", `${name} is not set`, {
      why: "codeflow ci runs in a job of GitHub Actions",
      next: "codeflow check does the same work anywhere",
    });
  };
  const eventPath = need("GITHUB_EVENT_PATH");
  const payload = readPayload(eventPath);
  const slug = need("GITHUB_REPOSITORY");
  if (!/^[\w.-]+\/[\w.-]+$/.test(slug)) throw new Failure("CF551", `GITHUB_REPOSITORY is no owner/name: ${slug}`);
  const serverUrl = env["GITHUB_SERVER_URL"] || "https://github.com";
  const runId = env["GITHUB_RUN_ID"];
  return {
    eventName: need("GITHUB_EVENT_NAME"),
    eventPath,
    payload,
    slug,
    sha: env["GITHUB_SHA"] || undefined,
    ref: env["GITHUB_REF"] || undefined,
    apiUrl: env["GITHUB_API_URL"] || "https://api.github.com",
    serverUrl,
    runUrl: runId === undefined || runId === "" ? undefined : `${serverUrl}/${slug}/actions/runs/${runId}`,
    pullRequest: pullRequestOf(payload),
  };
}

function readPayload(path: string): Json {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isObject(value)) return value;
  } catch (error) {
    throw new Failure("CF552", "the event cannot be read", { why: (error as Error).message, cause: error });
  }
  throw new Failure("CF552", "the event cannot be read", { why: `${path} holds no JSON object` });
}

function pullRequestOf(payload: Json): PullRequestFacts | undefined {
  const pull = payload["pull_request"];
  if (!isObject(pull)) return undefined;
  const [number, head, base] = [pull["number"], pull["head"], pull["base"]];
  if (typeof number !== "number" || !isObject(head) || !isObject(base)) return undefined;
  const [headSha, baseSha, baseBranch] = [head["sha"], base["sha"], base["ref"]];
  if (!isCommit(headSha) || !isCommit(baseSha) || typeof baseBranch !== "string") return undefined;
  const [from, to] = [idOf(head["repo"]), idOf(base["repo"])];
  return { number, headSha, baseSha, baseBranch, isFork: from === undefined || to === undefined || from !== to };
}

function idOf(repository: unknown): number | undefined {
  const id = isObject(repository) ? repository["id"] : undefined;
  return typeof id === "number" ? id : undefined;
}

export function isCommit(value: unknown): value is string {
  return typeof value === "string" && commitPattern.test(value);
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

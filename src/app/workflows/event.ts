/** The event that a run by hand is about: none, one from a file, or a pull request. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type EventName, eventNames, type TriggerEvent } from "../../model/event.ts";
import { Failure } from "../../model/failure.ts";
import type { World } from "../world.ts";

export interface EventRequest {
  /** File with the payload as GitHub delivers it. */
  readonly file?: string;
  readonly name?: string;
  /** `owner/repo#7`. */
  readonly pullRequest?: string;
}

export function eventOf(request: EventRequest, world: World): TriggerEvent {
  const payload = request.file === undefined ? {} : readPayload(request.file, world);
  const name = request.name ?? (request.file === undefined ? "manual" : guessName(payload));
  if (!isEventName(name)) {
    throw new Failure("CF532", `there is no event ${name}`, { why: `there are ${eventNames.join(", ")}` });
  }
  const sender = objectOf(payload["sender"]);
  const repository = objectOf(payload["repository"]);
  const pull = objectOf(payload["pull_request"]);
  const [owner, repo] = String(repository?.["full_name"] ?? "").split("/");
  const action = payload["action"];
  const event: TriggerEvent = {
    name,
    ...(typeof action === "string" ? { action } : {}),
    ...(typeof sender?.["login"] === "string" ? { actor: sender["login"] } : {}),
    ...(owner === undefined || repo === undefined ? {} : { repository: { owner, name: repo } }),
    ...(pull === undefined ? {} : { pullRequest: pullOf(pull, repository) }),
    payload,
  };
  return request.pullRequest === undefined ? event : { ...event, ...named(request.pullRequest) };
}

function pullOf(pull: Json, repository: Json | undefined): NonNullable<TriggerEvent["pullRequest"]> {
  const head = objectOf(pull["head"]);
  const base = objectOf(pull["base"]);
  const from = objectOf(head?.["repo"])?.["full_name"];
  return {
    number: Number(pull["number"]),
    ...(typeof head?.["ref"] === "string" ? { headBranch: head["ref"] } : {}),
    ...(typeof head?.["sha"] === "string" ? { headSha: head["sha"] } : {}),
    ...(typeof base?.["sha"] === "string" ? { baseSha: base["sha"] } : {}),
    // A head without repository is a fork that was deleted.
    isFork: from !== repository?.["full_name"],
  };
}

function named(text: string): Pick<TriggerEvent, "repository" | "pullRequest"> {
  const match = /^([\w.-]+)\/([\w.-]+)#(\d+)$/.exec(text);
  if (match === null) throw new Failure("CF533", `--pr ${text} is not OWNER/REPO#NUMBER`);
  const [, owner = "", name = "", number] = match;
  return { repository: { owner, name }, pullRequest: { number: Number(number) } };
}

type Json = Readonly<Record<string, unknown>>;

function readPayload(file: string, world: World): Json {
  const path = resolve(world.cwd, file);
  try {
    const value = objectOf(JSON.parse(readFileSync(path, "utf8")));
    if (value !== undefined) return value;
  } catch (error) {
    throw new Failure("CF534", `the event ${file} cannot be read`, { why: (error as Error).message });
  }
  throw new Failure("CF534", `the event ${file} cannot be read`, { why: "it is no JSON object" });
}

function guessName(payload: Json): string {
  if (payload["comment"] !== undefined && payload["issue"] !== undefined) return "issue_comment";
  if (payload["review"] !== undefined) return "pull_request_review";
  if (payload["pull_request"] !== undefined) return "pull_request";
  if (payload["issue"] !== undefined) return "issues";
  if (payload["check_suite"] !== undefined) return "check_suite";
  return payload["commits"] === undefined ? "manual" : "push";
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function isEventName(name: string): name is EventName {
  return (eventNames as readonly string[]).includes(name);
}

/** The event that a run by hand is about: none, one from a file, or a pull request. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { TriggerEvent } from "../../model/event.ts";
import { Failure } from "../../model/failure.ts";
import { eventFromPayload } from "../../workflow/events.ts";
import type { World } from "../world.ts";

export interface EventRequest {
  /** File with the payload as GitHub delivers it. */
  readonly file?: string;
  /** GitHub's name of it; told from the payload unless said. */
  readonly name?: string;
  /** `owner/repo#7`. */
  readonly pullRequest?: string;
  /** What a schedule says when it is due, instead of a file. */
  readonly due?: { readonly cron: string; readonly scheduledFor: string };
}

export function eventOf({ file, name, pullRequest, due }: EventRequest, world: World): TriggerEvent {
  if (due !== undefined) {
    const payload = { schedule: due.cron, scheduled_for: due.scheduledFor };
    return eventFromPayload("schedule", payload) ?? { name: "schedule", payload };
  }
  const event = file === undefined ? byHand(name) : fromFile(file, name, world);
  return pullRequest === undefined ? event : { ...event, ...named(pullRequest) };
}

function byHand(name: string | undefined): TriggerEvent {
  if (name !== undefined && name !== "manual") {
    throw new Failure("CF532", "--event-name needs --event", {
      next: `codeflow run … --event-name ${name} --event FILE`,
    });
  }
  return { name: "manual", payload: {} };
}

function fromFile(file: string, name: string | undefined, world: World): TriggerEvent {
  const payload = readPayload(resolve(world.cwd, file), file);
  const wanted = name ?? guessName(payload);
  if (wanted === undefined || wanted === "manual") return { name: "manual", payload };
  const event = eventFromPayload(wanted, payload);
  if (event !== undefined) return event;
  throw new Failure("CF534", `${file} starts nothing`, {
    why: `as ${wanted} it is an event that no workflow can wait for`,
    ...(name === undefined ? { next: "say with --event-name which event it is" } : {}),
  });
}

function named(text: string): Pick<TriggerEvent, "repository" | "pullRequest"> {
  const match = /^([\w.-]+)\/([\w.-]+)#(\d+)$/.exec(text);
  if (match === null) throw new Failure("CF533", `--pr ${text} is not OWNER/REPO#NUMBER`);
  const [, owner = "", name = "", number] = match;
  return { repository: { owner, name }, pullRequest: { number: Number(number) } };
}

type Json = Readonly<Record<string, unknown>>;

function readPayload(path: string, shown: string): Json {
  let why = "it is no JSON object";
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  } catch (error) {
    why = (error as Error).message;
  }
  throw new Failure("CF534", `the event ${shown} cannot be read`, { why });
}

/** By what only one kind of delivery has. */
function guessName(payload: Json): string | undefined {
  if (payload["comment"] !== undefined) {
    return payload["issue"] === undefined ? "pull_request_review_comment" : "issue_comment";
  }
  if (payload["review"] !== undefined) return "pull_request_review";
  if (payload["pull_request"] !== undefined) return "pull_request";
  if (payload["issue"] !== undefined) return "issues";
  if (payload["check_suite"] !== undefined) return "check_suite";
  return payload["commits"] === undefined ? undefined : "push";
}

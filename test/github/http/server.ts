/** Takes requests from the wire to a route and its answer back, with everything that can happen in between. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { answerGraphql } from "../graphql/endpoint.ts";
import { Refusal } from "../world/refusal.ts";
import type { World } from "../world/state.ts";
import { type CallParts, etagOf, type Reply, type Viewer } from "./call.ts";
import type { Fault, Faults } from "./faults.ts";
import { isGitPath, serveGit } from "./git-service.ts";
import { type RateLimits, type Resource, secondaryLimit } from "./rate-limits.ts";
import type { LoggedRequest, RequestRecorder } from "./request-log.ts";
import type { Match, Router } from "./router.ts";

export interface Hall {
  readonly world: World;
  readonly router: Router;
  readonly faults: Faults;
  readonly limits: RateLimits;
  readonly log: RequestRecorder;
}

export async function listen(hall: Hall): Promise<Server> {
  const server = createServer((request, response) => {
    handle(hall, request, response).catch((error: unknown) => {
      // A mistake of this server's own: say so loudly, so that no test takes it for GitHub's behaviour.
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (!response.headersSent) response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify({ message: `The local GitHub has a bug: ${text}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  hall.world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return server;
}

async function handle(hall: Hall, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, log, faults } = hall;
  const url = new URL(request.url ?? "/", world.url);
  const method = request.method ?? "GET";
  const prefix = url.pathname.startsWith("/api/v3/") ? "/api/v3" : "";
  const path = url.pathname.slice(prefix.length);
  const kind = isGitPath(path) ? "git" : /^(\/api)?\/graphql$/.test(path) ? "graphql" : blobKind(path);
  const viewer = viewerOf(world, request);
  const body = kind === "git" ? undefined : await readBody(request);
  const entry: LoggedRequest = {
    method,
    path,
    query: url.search,
    kind,
    login: viewer === "bad-credentials" ? undefined : viewer.user?.login,
    body,
    at: world.now(),
    status: 0,
    notModified: false,
    cost: 0,
    fault: undefined,
  };
  log.arrived(entry);
  const fault = faults.take(method, path + url.search);
  entry.fault = fault?.kind;
  if (fault?.kind === "slow") await delay(fault.milliseconds);
  if (fault?.kind === "reset" && fault.after !== true) {
    request.socket.destroy();
    return;
  }
  const early = fault === undefined ? undefined : refusalBefore(world, fault);
  if (early !== undefined) {
    send(response, entry, refused(early), {});
    return;
  }
  if (kind === "git") {
    const anybody = viewer === "bad-credentials" ? { user: undefined, token: undefined } : viewer;
    entry.status = await serveGit(world, anybody, request, response, url);
    log.done(entry);
    return;
  }
  const who = viewer === "bad-credentials" ? "" : (viewer.token?.value ?? "");
  const resource: Resource = kind === "graphql" ? "graphql" : path.startsWith("/search/") ? "search" : "core";
  const answer = work(hall, entry, viewer, who, resource, { url, prefix, path, body, request });
  log.done(entry);
  if (fault?.kind === "reset") {
    request.socket.destroy();
    return;
  }
  const late = fault?.kind === "error" ? refused(new Refusal(fault.status ?? 502, "Server Error")) : undefined;
  send(response, entry, late ?? answer, hall.limits.headers(who, resource), {
    ifNoneMatch: late === undefined && method === "GET" ? request.headers["if-none-match"] : undefined,
    truncate: fault?.kind === "truncate",
    uncharge: () => {
      if (entry.cost > 0) hall.limits.charge(who, resource, -entry.cost);
      return hall.limits.headers(who, resource);
    },
  });
}

function blobKind(path: string): "blob" | "rest" {
  return path.startsWith("/_blobs/") ? "blob" : "rest";
}

function refusalBefore(world: World, fault: Fault): Refusal | undefined {
  switch (fault.kind) {
    case "error":
      return fault.after === true ? undefined : new Refusal(fault.status ?? 502, "Server Error");
    case "secondary-limit":
      return secondaryLimit(fault.retryAfterSeconds);
    case "primary-limit": {
      const reset = Math.ceil(world.now().getTime() / 1000) + fault.resetInSeconds;
      return new Refusal(fault.status ?? 403, "API rate limit exceeded for user.", undefined, {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(reset),
        "x-ratelimit-resource": "core",
      });
    }
    case "reset":
    case "slow":
    case "truncate":
      return undefined;
  }
}

interface Wire {
  readonly url: URL;
  readonly prefix: string;
  readonly path: string;
  readonly body: unknown;
  readonly request: IncomingMessage;
}

/** Does the request as one indivisible step. */
function work(
  hall: Hall,
  entry: LoggedRequest,
  viewer: Viewer | "bad-credentials",
  who: string,
  resource: Resource,
  wire: Wire,
): Reply {
  try {
    if (viewer === "bad-credentials") throw new Refusal(401, "Bad credentials");
    const free = wire.path === "/rate_limit" || entry.kind === "blob";
    if (!free) {
      hall.limits.requireBudget(who, resource);
      hall.limits.charge(who, resource, 1);
      entry.cost = 1;
      hall.limits.requireSlow(who, entry.method, entry.method !== "GET" && entry.kind === "rest");
    }
    if (entry.kind === "graphql") return answerGraphql(hall.world, viewer, wire.body, hall.limits, who);
    const match: Match | undefined = hall.router.match(entry.method, wire.path);
    if (match === undefined) throw new Refusal(404, "Not Found");
    if (wire.body === notJson) throw new Refusal(400, "Problems parsing JSON");
    const parts: CallParts = {
      world: hall.world,
      viewer,
      method: entry.method,
      path: wire.path,
      prefix: wire.prefix,
      query: wire.url.searchParams,
      params: match.params,
      accept: wire.request.headers.accept ?? "",
      body: wire.body,
    };
    if (wire.path === "/rate_limit") return { status: 200, json: rateLimitBody(hall.limits, who) };
    return match.route.answer(parts);
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    throw error;
  }
}

function rateLimitBody(limits: RateLimits, who: string): unknown {
  const resources = {
    core: limits.state(who, "core"),
    search: limits.state(who, "search"),
    graphql: limits.state(who, "graphql"),
  };
  return { resources, rate: resources.core };
}

function refused(refusal: Refusal): Reply {
  return { status: refusal.status, json: refusal.body, headers: refusal.headers };
}

/** `Authorization: Bearer|token X`, or the Basic form that git uses. */
function viewerOf(world: World, request: IncomingMessage): Viewer | "bad-credentials" {
  const [scheme = "", value = ""] = (request.headers.authorization ?? "").split(" ");
  if (scheme === "") return { user: undefined, token: undefined };
  const words =
    scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString().split(":").reverse() : [value];
  const token = words.map((word) => world.tokens.get(word)).find((found) => found !== undefined);
  if (token === undefined) return "bad-credentials";
  return { user: world.users.get(token.login.toLowerCase()), token };
}

const notJson = Symbol("not JSON");

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (chunks.length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    return notJson;
  }
}

interface Sending {
  readonly ifNoneMatch?: string | undefined;
  readonly truncate?: boolean;
  /** Gives back what a request cost that turned out to be unchanged, and says the limits anew. */
  readonly uncharge?: () => Record<string, string>;
}

function send(
  response: ServerResponse,
  entry: LoggedRequest,
  reply: Reply,
  limits: Record<string, string>,
  how: Sending = {},
): void {
  const bytes = reply.bytes ?? (reply.json === undefined ? undefined : Buffer.from(JSON.stringify(reply.json)));
  const headers: Record<string, string> = {
    ...limits,
    "x-github-media-type": "github.v3; format=json",
    "x-github-request-id": `${entry.at.getTime().toString(16)}:${entry.path.length}`,
    ...(bytes === undefined ? {} : { "content-type": reply.contentType ?? "application/json; charset=utf-8" }),
    ...reply.headers,
  };
  entry.status = reply.status;
  if (reply.status === 200 && entry.method === "GET" && bytes !== undefined) {
    const etag = etagOf(bytes);
    headers["etag"] = etag;
    headers["cache-control"] = "private, max-age=60, s-maxage=60";
    if (how.ifNoneMatch !== undefined && strong(how.ifNoneMatch) === strong(etag)) {
      Object.assign(headers, how.uncharge?.());
      entry.status = 304;
      entry.notModified = true;
      entry.cost = 0;
      response.writeHead(304, headers).end();
      return;
    }
  }
  if (bytes === undefined) {
    response.writeHead(reply.status, headers).end();
    return;
  }
  headers["content-length"] = String(bytes.length);
  response.writeHead(reply.status, headers);
  if (how.truncate !== true) {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
}

function strong(etag: string): string {
  return etag.replace(/^W\//, "");
}

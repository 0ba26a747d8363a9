/** One request as routes see it, and the answers that they give. */
import { createHash } from "node:crypto";
import type * as z from "zod";
import {
  isPullIssue,
  type Issue,
  type PullIssue,
  type Repository,
  type Scope,
  type Token,
  type User,
  type World,
} from "../world/state.ts";
import { invalidRequest, notFound } from "../world/refusal.ts";

/** Who asks: nobody, or a user through a token. */
export interface Viewer {
  readonly user: User | undefined;
  readonly token: Token | undefined;
}

export interface Reply {
  readonly status: number;
  readonly json?: unknown;
  readonly bytes?: Uint8Array;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What a route needs. `read`: the repository is visible. `open`: anybody who sees it may, if the token may write.
 * `triage` and `write`: the user's role must reach that too.
 */
export interface Need {
  readonly scopes: readonly Scope[];
  readonly level: "read" | "open" | "triage" | "write";
}

export interface CallParts {
  readonly world: World;
  readonly viewer: Viewer;
  readonly method: string;
  readonly path: string;
  /** `/api/v3` or nothing, as the client wrote it: links to other pages keep it. */
  readonly prefix: string;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly accept: string;
  readonly body: unknown;
}

/** A request outside any repository. */
export class Call {
  readonly world: World;
  readonly viewer: Viewer;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly accept: string;
  readonly #parts: CallParts;

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.world = parts.world;
    this.viewer = parts.viewer;
    this.query = parts.query;
    this.params = parts.params;
    this.accept = parts.accept;
  }

  /** The body by a schema, refused in GitHub's words. */
  read<T>(schema: z.ZodType<T>): T {
    const result = schema.safeParse(this.#parts.body ?? {});
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    const path = issue?.path.join("/") ?? "";
    if (issue?.code === "unrecognized_keys") throw invalidRequest(`"${issue.keys[0]}" is not a permitted key.`);
    const missing = issue?.code === "invalid_type" && issue.message.endsWith("undefined");
    throw invalidRequest(missing ? `"${path}" wasn't supplied.` : `For 'properties/${path}', ${issue?.message}.`);
  }

  param(name: string): string {
    const value = this.params[name];
    if (value === undefined) throw new Error(`the route has no :${name}`);
    return value;
  }

  /** Numbers that are none are things that do not exist. */
  number(name: string): number {
    const value = Number(this.param(name));
    if (!Number.isSafeInteger(value)) throw notFound();
    return value;
  }

  /** The user, of whom the router has made sure. */
  get user(): User {
    const { user } = this.viewer;
    if (user === undefined) throw notFound();
    return user;
  }

  get speaker(): { readonly author: User; readonly appSlug?: string } {
    const slug = this.viewer.token?.appSlug;
    return slug === undefined ? { author: this.user } : { author: this.user, appSlug: slug };
  }

  /** One page of a list with the Link header that leads on. */
  page<T>(items: readonly T[], shape: (item: T) => unknown, wrap?: (shown: unknown[]) => unknown): Reply {
    const perPage = Math.min(Math.max(Number(this.query.get("per_page") ?? 30) || 30, 1), 100);
    const page = Math.max(Number(this.query.get("page") ?? 1) || 1, 1);
    const last = Math.max(Math.ceil(items.length / perPage), 1);
    const shown = items.slice((page - 1) * perPage, page * perPage).map((item) => shape(item));
    const link = (rel: string, to: number): string => {
      const query = new URLSearchParams(this.query);
      query.set("page", String(to));
      return `<${this.world.url}${this.#parts.prefix}${this.#parts.path}?${query}>; rel="${rel}"`;
    };
    const links = [
      ...(page > 1 ? [link("prev", page - 1)] : []),
      ...(page < last ? [link("next", page + 1), link("last", last)] : []),
      ...(page > 1 ? [link("first", 1)] : []),
    ];
    const json = wrap === undefined ? shown : wrap(shown);
    return { status: 200, json, ...(links.length === 0 ? {} : { headers: { Link: links.join(", ") } }) };
  }
}

/** A request inside a repository that the viewer may see. */
export class RepositoryCall extends Call {
  readonly repository: Repository;

  constructor(parts: CallParts, repository: Repository) {
    super(parts);
    this.repository = repository;
  }

  issue(): Issue {
    const issue = this.repository.issues.get(this.number("number"));
    if (issue === undefined) throw notFound();
    return issue;
  }

  pull(): PullIssue {
    const issue = this.issue();
    if (!isPullIssue(issue)) throw notFound();
    return issue;
  }
}

export function ok(json: unknown): Reply {
  return { status: 200, json };
}

export function created(json: unknown): Reply {
  return { status: 201, json };
}

export const noContent: Reply = { status: 204 };

export function bytes(content: Uint8Array | string, contentType: string): Reply {
  return { status: 200, bytes: typeof content === "string" ? Buffer.from(content) : content, contentType };
}

export function etagOf(body: Uint8Array): string {
  return `W/"${createHash("sha256").update(body).digest("hex")}"`;
}

/** Requests to Linear: limits honoured, answers checked, refusals as entries. */
import type { LinearClient, LinearError } from "@linear/sdk";
import * as z from "zod";
import { exitCodes, Failure } from "../../model/failure.ts";
import type { Log } from "../../model/system.ts";
import { sleep } from "../../system/sleep.ts";

export interface LinearOptions {
  readonly apiKey: string;
  /** The team's key: `ENG`. */
  readonly team: string;
  /** What the keys of issues are unique in, where several repositories share the team: `github.com/owner/name`. */
  readonly scope?: string;
  /** Name of the project that new issues go to. */
  readonly project?: string;
  /** Names of the team's states; the first one of each kind unless said. */
  readonly states?: { readonly open?: string; readonly completed?: string; readonly canceled?: string };
  /** Of the GraphQL API; Linear's own unless said. */
  readonly apiUrl?: string;
  readonly log: Log;
  readonly signal?: AbortSignal;
  /** Of one attempt; 30 s unless said. */
  readonly timeoutMs?: number;
  /** Milliseconds that count as a second of waiting; tests make it short. */
  readonly second?: number;
}

export interface Ask<Shape extends z.ZodType> {
  /** Completes "cannot …". */
  readonly what: string;
  readonly document: string;
  readonly variables?: Record<string, unknown>;
  readonly shape: Shape;
  /** For what must not be done twice: looks whether a failed attempt did its work all the same. */
  readonly recover?: () => Promise<z.output<Shape> | undefined>;
}

export type Client = ReturnType<typeof createClient>;

const attempts = 3;
const longestWait = 60;

export function createClient(options: LinearOptions) {
  const { apiKey, apiUrl, log, timeoutMs = 30_000, second = 1_000 } = options;
  const signal = options.signal ?? new AbortController().signal;

  async function open(): Promise<LinearClient> {
    const { LinearClient: Client } = await import("@linear/sdk");
    return new Client({
      apiKey,
      ...(apiUrl === undefined ? {} : { apiUrl }),
      // A client for each attempt: its time limit is its own.
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
  }

  async function ask<Shape extends z.ZodType>(request: Ask<Shape>): Promise<z.output<Shape>> {
    const { what, document, variables = {}, shape, recover } = request;
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        const { data } = await (await open()).client.rawRequest<unknown, Record<string, unknown>>(document, variables);
        const read = shape.safeParse(data);
        if (read.success) return read.data;
        throw new Garbled(z.prettifyError(read.error));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const fault = readFault(error);
        log.debug(`linear: ${what}: ${fault.message}`);
        if (fault.isUncertain && recover !== undefined) {
          const found = await recover();
          if (found !== undefined) return found;
        }
        const wait = fault.retryAfter ?? 2 ** (attempt - 1);
        const isWorth = fault.isUncertain || fault.isLimit;
        if (!isWorth || attempt >= attempts || wait > longestWait) throw toFailure(fault, what);
        await sleep(wait * second, signal);
      }
    }
  }

  /** All pages of a connection; `document` takes `$after` and answers it as `page`. */
  async function list<Node extends z.ZodType>(
    request: Omit<Ask<z.ZodType>, "shape" | "recover"> & { readonly node: Node },
  ): Promise<z.output<Node>[]> {
    const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });
    const shape = z.object({ page: z.object({ nodes: z.array(request.node), pageInfo }) });
    const all: z.output<Node>[] = [];
    for (let after: string | null = null; ;) {
      const answer: z.output<typeof shape> = await ask({
        ...request,
        variables: { ...request.variables, after },
        shape,
      });
      const { page } = answer;
      all.push(...page.nodes);
      const { hasNextPage, endCursor } = page.pageInfo;
      if (!hasNextPage || endCursor === null || endCursor === undefined || endCursor === after) return all;
      after = endCursor;
    }
  }

  return { ask, list };
}

class Garbled extends Error {}

interface Fault {
  readonly message: string;
  readonly status: number | undefined;
  readonly isUncertain: boolean;
  readonly isLimit: boolean;
  readonly isGarbled: boolean;
  /** Seconds. */
  readonly retryAfter: number | undefined;
  readonly cause: unknown;
}

/** Throws what is a bug of ours. */
function readFault(error: unknown): Fault {
  const common = { isLimit: false, isGarbled: false, retryAfter: undefined, status: undefined, cause: error };
  if (error instanceof Garbled) return { ...common, message: error.message, isUncertain: true, isGarbled: true };
  if (!(error instanceof Error)) throw error;
  if (
    error.name === "TimeoutError" ||
    error.name === "AbortError" ||
    (error instanceof TypeError && /fetch/.test(error.message))
  ) {
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    return { ...common, message: reason, isUncertain: true };
  }
  if (!("raw" in error)) throw error;
  const { status, type, raw, message, errors } = error as LinearError;
  // Linear answers 400 where its limit is reached.
  const isLimit =
    status === 429 ||
    type === "Ratelimited" ||
    raw?.response?.errors?.[0]?.extensions?.["code" as never] === "RATELIMITED";
  const after = "retryAfter" in error && typeof error.retryAfter === "number" ? error.retryAfter : undefined;
  return {
    ...common,
    message: errors?.map((one) => one.message).join("; ") || message,
    status,
    isUncertain: status !== undefined && status >= 500,
    isLimit,
    retryAfter: after,
  };
}

function toFailure({ status, message, isLimit, isGarbled, cause }: Fault, what: string): Failure {
  const entry = (code: string, said: string, next: string): Failure =>
    new Failure(code, `cannot ${what}: ${said}`, {
      why: status === undefined ? message : `Linear answered ${status}: ${message}`,
      next,
      exitCode: exitCodes.incomplete,
      cause,
    });
  if (isGarbled) return entry("CF706", "Linear's answer makes no sense", "run it again later");
  if (isLimit) return entry("CF704", "Linear's rate limit is reached", "run it again later");
  if (status === undefined) return entry("CF700", "Linear cannot be reached", "check the network, then run it again");
  if (status >= 500) return entry("CF705", "Linear fails", "run it again later; see linearstatus.com");
  if (status === 401 || status === 403) {
    return entry("CF701", "Linear does not accept the key", "set LINEAR_API_KEY to a key that may do that");
  }
  return entry("CF702", "Linear refuses", "mend what Linear names, then run it again");
}

export function refused(what: string, why: string): Failure {
  return new Failure("CF702", `cannot ${what}`, {
    why,
    next: "mend the section issues.linear of codeflow.yml",
    exitCode: exitCodes.incomplete,
  });
}

export function absent(what: string): Failure {
  return new Failure("CF703", `${what} is not there`, {
    why: "Linear does not know it, or the key may not see it",
    next: "check its name",
    exitCode: exitCodes.incomplete,
  });
}

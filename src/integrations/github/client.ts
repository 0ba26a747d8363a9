/** Requests to one repository of GitHub: limits honoured, answers checked, unchanged ones free, each one logged. */
import * as z from "zod";
import { exitCodes, Failure } from "../../model/failure.ts";
import type { Clock, Log } from "../../model/system.ts";
import { sleep } from "../../system/sleep.ts";
import { absent, Garbled, hasStatus, isUncertain, type Purpose, readHttpError, toFailure } from "./failures.ts";
import { type Headers, type Octokit, openOctokit } from "./octokit.ts";
import { createPace } from "./pace.ts";

/** Answers to conditional requests: what GitHub says is unchanged is taken from here and costs nothing. */
export interface EtagStore {
  get(key: string): CachedAnswer | undefined;
  set(key: string, answer: CachedAnswer): void;
}

export interface CachedAnswer {
  readonly etag: string;
  readonly data: unknown;
  readonly link: string | undefined;
}

export interface GithubOptions {
  /** `owner/name`. */
  readonly slug: string;
  /** Undefined: only what is public, at sixty requests an hour. */
  readonly token: string | undefined;
  /** `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server. */
  readonly baseUrl?: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly userAgent?: string;
  readonly etags?: EtagStore;
  /** Of one attempt; 30 s unless said. */
  readonly timeoutMs?: number;
  /** All waiting for limits and after faults together; five minutes unless said. */
  readonly patienceMs?: number;
  /** Milliseconds that count as a second of waiting; tests make it short. */
  readonly second?: number;
}

export interface Ask extends Purpose {
  /** `GET /repos/{owner}/{repo}/pulls/{number}`: owner and repo are filled in. */
  readonly route: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export type Client = ReturnType<typeof createClient>;

interface Answer {
  readonly data: unknown;
  readonly link: string | undefined;
}

const defaultBaseUrl = "https://api.github.com";
const attempts = 3;
const rememberedAnswers = 500;

export function createClient(options: GithubOptions) {
  const { slug, token, log, clock, timeoutMs = 30_000, patienceMs = 300_000, second = 1_000 } = options;
  const match = /^([A-Za-z0-9][A-Za-z0-9-]*)\/([\w.-]+)$/.exec(slug);
  if (match === null) {
    throw new Failure("CF702", `"${slug}" names no repository`, {
      next: "write it as OWNER/NAME",
      exitCode: exitCodes.usage,
    });
  }
  const [, owner = "", repo = ""] = match;
  const baseUrl = (options.baseUrl ?? defaultBaseUrl).replace(/\/+$/, "");
  const graphqlUrl = baseUrl.endsWith("/api/v3") ? `${baseUrl.slice(0, -"/v3".length)}/graphql` : `${baseUrl}/graphql`;
  const signal = options.signal ?? new AbortController().signal;
  const etags = options.etags ?? memoryEtags();
  const wait = (ms: number): Promise<void> => sleep(ms, signal);
  const pace = createPace({ monotonic: () => clock.monotonic(), wait, second });
  let [requests, notModified, waited] = [0, 0, 0];
  let remaining: number | undefined;
  let loading: Promise<Octokit> | undefined;

  /** Each attempt has a time limit of its own, and is counted and logged with what it cost. */
  const fetchOnce: typeof fetch = async (input, init) => {
    requests += 1;
    const started = clock.monotonic();
    const url = URL.parse(input instanceof Request ? input.url : String(input));
    const name = `${init?.method ?? "GET"} ${url === null ? "" : url.pathname + url.search}`;
    const said = (outcome: string): void =>
      log.debug(`github: ${name}: ${outcome} in ${Math.round(clock.monotonic() - started)} ms`);
    try {
      const response = await fetch(input, {
        ...init,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const left = response.headers.get("x-ratelimit-remaining");
      if (left !== null && response.headers.get("x-ratelimit-resource") !== "search") remaining = Number(left);
      if (response.status === 304) notModified += 1;
      const cost =
        response.status === 304 ? "free" : `${left ?? "?"} left of ${response.headers.get("x-ratelimit-limit") ?? "?"}`;
      said(`${response.status}, ${cost}`);
      return response;
    } catch (error) {
      said(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };

  /** Whether there is patience for so long a wait; counted against the whole. */
  function mayWait(seconds: number, attempt: number, why: string): boolean {
    const ms = seconds * second;
    if (attempt >= attempts || waited + ms > patienceMs) return false;
    waited += ms;
    log.info(`GitHub asks for patience (${why}): waiting ${seconds} s`);
    return true;
  }

  const load = (): Promise<Octokit> =>
    openOctokit({
      baseUrl,
      token,
      userAgent: options.userAgent ?? "codeflow",
      fetch: fetchOnce,
      second,
      retries: attempts - 1,
      mayWait,
      debug: (text) => log.debug(text),
    });

  /** Whoever waits for GitHub stops waiting when told to. */
  async function interruptible<T>(work: Promise<T>): Promise<T> {
    signal.throwIfAborted();
    let stop: (() => void) | undefined;
    const stopped = new Promise<never>((_resolve, reject) => {
      stop = () => reject(signal.reason as Error);
      signal.addEventListener("abort", stop, { once: true });
    });
    try {
      return await Promise.race([work, stopped]);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      if (stop !== undefined) signal.removeEventListener("abort", stop);
    }
  }

  async function request(route: string, params: Readonly<Record<string, unknown>>, kind: "read" | "write" | "content") {
    const octokit = await (loading ??= load());
    const own = { owner, repo, ...params };
    return interruptible(
      pace.take(kind, () =>
        // A write that may have been done is looked for before it is repeated; the plugin would just repeat it.
        octokit.request(route, {
          ...own,
          request: { ...(kind === "read" ? {} : { retries: 0 }), ...(params["request"] as object | undefined) },
        }),
      ),
    );
  }

  /** One GET, conditional where it was answered before. */
  async function read(
    { route, params = {} }: Pick<Ask, "route" | "params">,
    isGood: (data: unknown) => boolean,
  ): Promise<Answer> {
    const key = `${baseUrl} ${slug} ${route} ${JSON.stringify(params)}`;
    const known = etags.get(key);
    try {
      const headers = known === undefined ? {} : { headers: { "if-none-match": known.etag } };
      const answer = await request(route, { ...params, ...headers }, "read");
      const { etag, link } = answer.headers;
      const found = { data: answer.data, link: typeof link === "string" ? link : undefined };
      if (typeof etag === "string" && isGood(answer.data)) etags.set(key, { etag, ...found });
      return found;
    } catch (error) {
      if (known !== undefined && readHttpError(error)?.status === 304) return known;
      throw error;
    }
  }

  /** Checked; asked again when it was cut off on its way. */
  async function checked<T>(ask: Pick<Ask, "route" | "params">, shape: z.ZodType<T>): Promise<T & {}> {
    return (await checkedPage(ask, shape)).value as T & {};
  }

  async function checkedPage<T>(
    ask: Pick<Ask, "route" | "params">,
    shape: z.ZodType<T>,
  ): Promise<{ value: T; link: string | undefined }> {
    for (let attempt = 1; ; attempt++) {
      const { data, link } = await read(ask, (found) => shape.safeParse(found).success);
      const parsed = shape.safeParse(data);
      if (parsed.success) return { value: parsed.data, link };
      if (attempt >= attempts) throw new Garbled(complaint(data, parsed.error));
      await wait(second * attempt);
    }
  }

  async function named<T>(purpose: Purpose, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw toFailure(error, purpose);
    }
  }

  async function graphql<T>(
    text: string,
    variables: Readonly<Record<string, unknown>>,
    shape: z.ZodType<T>,
    kind: "read" | "write",
  ): Promise<T> {
    const answer = await request(
      `POST ${graphqlUrl}`,
      { query: text, variables, owner: undefined, repo: undefined },
      kind,
    );
    const envelope = Envelope.safeParse(answer.data);
    if (!envelope.success) throw new Garbled(complaint(answer.data, envelope.error));
    const [error] = envelope.data.errors ?? [];
    if (error !== undefined) throw graphqlError(error, answer.headers);
    const parsed = shape.safeParse(envelope.data.data);
    if (!parsed.success) throw new Garbled(complaint(envelope.data.data, parsed.error));
    return parsed.data;
  }

  /** Repeats what failed in a way that repeating may mend. */
  async function persistently<T>(work: () => Promise<T>, look: () => Promise<T | undefined>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!isUncertain(error) || attempt >= attempts || signal.aborted) throw error;
        await wait(second * attempt);
        const done = await look();
        if (done !== undefined) return done;
      }
    }
  }

  return {
    owner,
    repo,
    slug,
    baseUrl,
    now: (): number => clock.monotonic(),

    get: <T>(ask: Ask, shape: z.ZodType<T>): Promise<T> => named(ask, () => checked(ask, shape)),

    /** Undefined when GitHub answers 404 or 410, or another status that says the same of what is asked. */
    find: <T>(ask: Ask, shape: z.ZodType<T>, absent: readonly number[] = []): Promise<T | undefined> =>
      named(ask, async () => {
        try {
          return await checked(ask, shape);
        } catch (error) {
          if (hasStatus(error, 404, 410, ...absent)) return undefined;
          throw error;
        }
      }),

    /** All pages, or as many as hold `limit` items. `field`: where the list stands in the answer. */
    list: <T>(
      ask: Ask,
      item: z.ZodType<T>,
      how: { readonly field?: string; readonly limit?: number } = {},
    ): Promise<T[]> =>
      named(ask, async () => {
        const { field, limit = Infinity } = how;
        const perPage = Math.min(100, Math.max(1, limit));
        const items: T[] = [];
        for (let page = 1; items.length < limit; page++) {
          const params = { ...ask.params, per_page: perPage, ...(page === 1 ? {} : { page }) };
          const shape = field === undefined ? z.array(item) : z.object({ [field]: z.array(item) });
          const { value, link } = await checkedPage<unknown>({ route: ask.route, params }, shape);
          items.push(...((field === undefined ? value : (value as Record<string, unknown>)[field]) as T[]));
          if (!(link ?? "").includes('rel="next"')) break;
        }
        return items.slice(0, limit);
      }),

    /** The end of a download as it is, at most so many bytes. */
    tail: (ask: Ask, maxBytes: number): Promise<Uint8Array> =>
      named(ask, async () => {
        const answer = await request(
          ask.route,
          { ...ask.params, request: { parseSuccessResponseBody: false } },
          "read",
        );
        let kept = Buffer.alloc(0);
        try {
          for await (const chunk of (answer.data ?? []) as AsyncIterable<Uint8Array>) {
            kept = Buffer.concat([kept, chunk]);
            if (kept.length > maxBytes * 2) kept = kept.subarray(-maxBytes);
          }
        } catch (error) {
          throw new Garbled(`the download was cut off: ${error instanceof Error ? error.message : String(error)}`);
        }
        return maxBytes > 0 ? kept.subarray(-maxBytes) : kept.subarray(0, 0);
      }),

    /**
     * A request that changes something. After a fault that leaves open whether it was done, `look` tells; without it the
     * request may be repeated as it is.
     */
    send: <T>(
      ask: Ask & { readonly makesContent?: boolean },
      shape: z.ZodType<T>,
      look: () => Promise<T | undefined> = async () => undefined,
    ): Promise<T> =>
      named(ask, () =>
        persistently(async () => {
          const { data } = await request(ask.route, ask.params ?? {}, ask.makesContent === true ? "content" : "write");
          const parsed = shape.safeParse(data);
          if (!parsed.success) throw new Garbled(complaint(data, parsed.error));
          return parsed.data;
        }, look),
      ),

    query: <T>(
      purpose: Purpose,
      text: string,
      variables: Readonly<Record<string, unknown>>,
      shape: z.ZodType<T>,
    ): Promise<T> =>
      named(purpose, () =>
        persistently(
          () => graphql(text, { owner, name: repo, ...variables }, shape, "read"),
          async () => undefined,
        ),
      ),

    /** Only for mutations that may be repeated. */
    mutate: <T>(
      purpose: Purpose,
      text: string,
      variables: Readonly<Record<string, unknown>>,
      shape: z.ZodType<T>,
    ): Promise<T> =>
      named(purpose, () =>
        persistently(
          () => graphql(text, variables, shape, "write"),
          async () => undefined,
        ),
      ),

    /** For work that the host does by and by. */
    pause: (seconds: number): Promise<void> => wait(seconds * second),

    usage: () => ({ requests, notModified, remaining }),
  };
}

const Envelope = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string(), type: z.string().optional() })).optional(),
});

const graphqlStatuses: Readonly<Record<string, number>> = { NOT_FOUND: 404, FORBIDDEN: 403, RATE_LIMITED: 429 };

/** As REST would have said it. */
function graphqlError({ message, type }: { message: string; type?: string | undefined }, headers: Headers): Error {
  const isPassing = /something went wrong while executing your query/i.test(message);
  const status = isPassing ? 502 : (graphqlStatuses[type ?? ""] ?? (/not accessible by/i.test(message) ? 403 : 422));
  return Object.assign(new Error(message), { status, response: { headers } });
}

function complaint(data: unknown, error: z.ZodError): string {
  if (data === "" || data === undefined) return "the answer is empty, or was cut off on its way";
  if (typeof data === "string") return "the answer is no JSON, or was cut off on its way";
  const [issue] = error.issues;
  return issue === undefined ? "unknown" : `${issue.path.join(".") || "the answer"}: ${issue.message}`;
}

/** The oldest go first. */
function memoryEtags(): EtagStore {
  const answers = new Map<string, CachedAnswer>();
  return {
    get: (key) => answers.get(key),
    set(key, answer) {
      answers.delete(key);
      answers.set(key, answer);
      const oldest = answers.keys().next();
      if (answers.size > rememberedAnswers && oldest.done !== true) answers.delete(oldest.value);
    },
  };
}

/** For verbs whose answer says nothing. */
export const Anything = z.unknown();

export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw absent(what);
  return value;
}

/** Remembers every request, so that tests can count them and see what was written. */

export interface LoggedRequest {
  readonly method: string;
  /** Without `/api/v3` and without the query. */
  readonly path: string;
  readonly query: string;
  readonly kind: "rest" | "graphql" | "git" | "blob";
  readonly login: string | undefined;
  readonly body: unknown;
  readonly at: Date;
  /** 0 when the connection was cut instead. */
  status: number;
  /** Answered by 304: cost nothing. */
  notModified: boolean;
  /** Points taken from the primary rate limit. */
  cost: number;
  fault: string | undefined;
}

export type RequestFilter = Partial<Pick<LoggedRequest, "method" | "status" | "kind" | "login">> & {
  readonly path?: RegExp;
};

export interface RequestLog {
  all(filter?: RequestFilter): readonly LoggedRequest[];
  /** Requests to the API: REST and GraphQL, without git and downloads. */
  count(filter?: RequestFilter): number;
  /** Those that changed something: not GET, answered 2xx; GraphQL mutations among them. */
  writes(): readonly LoggedRequest[];
  cost(): number;
  /** One line a request, for messages of failing assertions. */
  text(): string;
  clear(): void;
  /** Called when a request arrives and again when its work is done, before the answer leaves. */
  watch(listener: (request: LoggedRequest, phase: "arrived" | "done") => void): () => void;
}

export interface RequestRecorder extends RequestLog {
  arrived(request: LoggedRequest): void;
  done(request: LoggedRequest): void;
}

export function createRequestLog(): RequestRecorder {
  let entries: LoggedRequest[] = [];
  const listeners = new Set<(request: LoggedRequest, phase: "arrived" | "done") => void>();
  const all = (filter: RequestFilter = {}): LoggedRequest[] =>
    entries.filter(
      (entry) =>
        (filter.method === undefined || entry.method === filter.method) &&
        (filter.status === undefined || entry.status === filter.status) &&
        (filter.kind === undefined || entry.kind === filter.kind) &&
        (filter.login === undefined || entry.login === filter.login) &&
        (filter.path === undefined || filter.path.test(entry.path)),
    );
  const api = (filter?: RequestFilter): LoggedRequest[] =>
    all(filter).filter((entry) => entry.kind === "rest" || entry.kind === "graphql");
  return {
    all,
    count: (filter) => api(filter).length,
    writes: () =>
      api().filter(
        (entry) =>
          entry.method !== "GET" &&
          entry.status >= 200 &&
          entry.status < 300 &&
          (entry.kind === "rest" || isMutation(entry.body)),
      ),
    cost: () => entries.reduce((sum, entry) => sum + entry.cost, 0),
    text: () =>
      entries
        .map((entry) => `${entry.method} ${entry.path}${entry.query} ${entry.status} cost ${entry.cost}`)
        .join("\n"),
    clear() {
      entries = [];
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    arrived(request) {
      entries.push(request);
      for (const listener of listeners) listener(request, "arrived");
    },
    done(request) {
      for (const listener of listeners) listener(request, "done");
    },
  };
}

function isMutation(body: unknown): boolean {
  const query = typeof body === "object" && body !== null && "query" in body ? body.query : undefined;
  return typeof query === "string" && /^\s*mutation\b/.test(query);
}

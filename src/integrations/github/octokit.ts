/** Octokit with its throttling and retry, loaded when first used. */

/** What is used of it. */
export interface Octokit {
  request(
    route: string,
    params?: Record<string, unknown>,
  ): Promise<{ status: number; headers: Headers; data: unknown }>;
}
export type Headers = Readonly<Record<string, string | number | undefined>>;

export async function openOctokit(options: {
  readonly baseUrl: string;
  readonly token: string | undefined;
  readonly userAgent: string;
  readonly fetch: typeof fetch;
  /** Milliseconds that count as a second. */
  readonly second: number;
  /** Of reads, beside the first attempt. Named in a single request it would count for every refusal, a 304 too. */
  readonly retries: number;
  /** Whether to wait that long for a limit; `attempt` from 0. */
  readonly mayWait: (seconds: number, attempt: number, why: string) => boolean;
  readonly debug: (text: string) => void;
}): Promise<Octokit> {
  const [{ Octokit }, { retry }, { throttling }] = await Promise.all([
    import("@octokit/rest"),
    import("@octokit/plugin-retry"),
    import("@octokit/plugin-throttling"),
  ]);
  const { baseUrl, token, userAgent, second, debug } = options;
  // Spacing is ours: the plugin's spaces GraphQL queries as writes, and all hosts of a process together.
  const unspaced = {
    key: () => ({
      schedule: (_options: unknown, work: (...args: unknown[]) => unknown, ...args: unknown[]) => work(...args),
    }),
  };
  const limited =
    (why: string) =>
    (retryAfter: number, _options: unknown, _octokit: unknown, retryCount: number): boolean =>
      options.mayWait(retryAfter, retryCount, why);
  const Patient = Octokit.plugin(retry, throttling);
  return new Patient({
    baseUrl,
    ...(token === undefined ? {} : { auth: token }),
    userAgent,
    log: { debug, info: debug, warn: debug, error: debug },
    request: { fetch: options.fetch },
    // 429 is the throttling's; the rest of these does not change by asking again.
    retry: {
      retries: options.retries,
      doNotRetry: [400, 401, 403, 404, 405, 406, 409, 410, 413, 422, 429, 451],
      retryAfterBaseValue: second,
    },
    throttle: {
      global: unspaced,
      auth: unspaced,
      search: unspaced,
      write: unspaced,
      notifications: unspaced,
      retryAfterBaseValue: second,
      fallbackSecondaryRateRetryAfter: 60,
      onRateLimit: limited("its hourly limit"),
      onSecondaryRateLimit: limited("its limit of speed"),
    } as never,
  }) as unknown as Octokit;
}

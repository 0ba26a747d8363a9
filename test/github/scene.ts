/** What the tests of the server share: a repository with one pull request, and Octokit clients on it. */
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";
import { onTestFinished } from "vitest";
import { createGithubServer, type GithubServer, type GithubServerOptions } from "./index.ts";

/** Twelve numbered lines, so that a hunk's three lines of context leave lines outside the diff. */
export function numbered(changed: Readonly<Record<number, string>> = {}, count = 30): string {
  return Array.from({ length: count }, (_, index) => changed[index + 1] ?? `line ${index + 1}`).join("\n") + "\n";
}

export async function startGithub(options: GithubServerOptions = {}): Promise<GithubServer> {
  const github = await createGithubServer(options);
  onTestFinished(() => github.close());
  return github;
}

/** `ada/shop` with a branch `topic` that changes line 10 of `src/a.ts` and adds `src/new.ts`, and its pull request. */
export async function startScene(options: GithubServerOptions = {}) {
  const github = await startGithub(options);
  const repository = github.addRepository({
    owner: "ada",
    name: "shop",
    files: { "README.md": "# Shop\n", "src/a.ts": numbered() },
    collaborators: { ben: "write", cleo: "read" },
  });
  repository.commit({
    branch: "topic",
    as: "ben",
    files: { "src/a.ts": numbered({ 10: "changed 10" }), "src/new.ts": "one\ntwo\nthree\n" },
  });
  const pull = repository.openPull({ head: "topic", as: "ben", title: "Change a line" });
  const token = github.installationToken("ada/shop");
  return { github, repository, pull, token, octokit: plainClient(github, token) };
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export function plainClient(github: GithubServer, token?: string): Octokit {
  return new Octokit({ baseUrl: github.apiUrl, log: silent, ...(token === undefined ? {} : { auth: token }) });
}

const PatientOctokit = Octokit.plugin(retry, throttling);

/** With the two plugins that a real client has; waits are cut short so that tests need not wait. */
export function patientClient(github: GithubServer, token: string, onSecondary: (retryAfter: number) => boolean) {
  return new PatientOctokit({
    baseUrl: github.apiUrl,
    auth: token,
    log: silent,
    retry: { retryAfterBaseValue: 1 },
    throttle: {
      retryAfterBaseValue: 1,
      fallbackSecondaryRateRetryAfter: 1,
      onRateLimit: (retryAfter: number) => onSecondary(retryAfter),
      onSecondaryRateLimit: (retryAfter: number) => onSecondary(retryAfter),
    },
  });
}

export const shop = { owner: "ada", repo: "shop" } as const;

interface Refused {
  readonly status: number;
  readonly message: string;
  readonly data: { readonly message: string; readonly errors?: readonly unknown[] };
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The refusal of a request that must be refused. */
export async function refusal(request: Promise<unknown>): Promise<Refused> {
  try {
    await request;
  } catch (error) {
    const { status, message, response } = error as {
      status: number;
      message: string;
      response?: { data: Refused["data"]; headers: Refused["headers"] };
    };
    return { status, message, data: response?.data ?? { message: "" }, headers: response?.headers ?? {} };
  }
  throw new Error("the request was not refused");
}

/** GitHub's refusals as entries: what was asked, what GitHub answered, what to do next. */
import { exitCodes, Failure } from "../../model/failure.ts";

/** What a request is for, in words, and what the token must be allowed. */
export interface Purpose {
  /** Completes "cannot …": `read pull request #3`. */
  readonly what: string;
  /** As a workflow file writes it: `pull-requests: write`. */
  readonly permission: string;
}

/** The parts of Octokit's error that are looked at. */
interface HttpError {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  /** Whether there was an answer at all. */
  readonly isAnswer: boolean;
}

export function readHttpError(error: unknown): HttpError | undefined {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return undefined;
  const response = "response" in error ? (error.response as { headers?: HttpError["headers"] } | undefined) : undefined;
  return {
    status: error.status,
    message: error.message.replace(/ - https:\/\/docs\.github\.com\S*$/, ""),
    headers: response?.headers ?? {},
    isAnswer: response !== undefined,
  };
}

/** The work may have been done, or may be done the next time. */
export function isUncertain(error: unknown): boolean {
  if (error instanceof Garbled) return true;
  const http = readHttpError(error);
  return http !== undefined && (!http.isAnswer || http.status >= 500);
}

export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  const http = readHttpError(error);
  return http !== undefined && http.isAnswer && statuses.includes(http.status);
}

/** An answer with status 2xx that is not what GitHub documents: usually cut off on its way. */
export class Garbled extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = "Garbled";
  }
}

export function refused(what: string, why: string): Failure {
  return new Failure("CF702", `cannot ${what}`, {
    why,
    next: "mend what GitHub names, then run it again",
    exitCode: exitCodes.incomplete,
  });
}

export function absent(what: string): Failure {
  return new Failure("CF703", `${what} is not there`, {
    why: "GitHub answered 404",
    next: "check its name, and that the token may see it: GitHub hides what a token may not read",
    exitCode: exitCodes.incomplete,
  });
}

/** Anything else that was thrown is a bug of ours and stays what it is. */
export function toFailure(error: unknown, { what, permission }: Purpose): unknown {
  const exitCode = exitCodes.incomplete;
  if (error instanceof Garbled) {
    return new Failure("CF706", `cannot ${what}: GitHub's answer makes no sense`, {
      why: error.message,
      next: "run it again; if it stays, see githubstatus.com or the proxy on the way",
      exitCode,
      cause: error,
    });
  }
  const http = readHttpError(error);
  if (http === undefined) return error;
  const { status, message, headers, isAnswer } = http;
  if (!isAnswer) {
    return new Failure("CF700", `cannot ${what}: GitHub cannot be reached`, {
      why: message,
      next: "check the network and GITHUB_API_URL, then run it again",
      exitCode,
      cause: error,
    });
  }
  const why = `GitHub answered ${status}: ${message}`;
  if (status === 429 || /rate limit/i.test(message)) {
    const reset = Number(headers["x-ratelimit-reset"]);
    const until =
      headers["x-ratelimit-remaining"] === "0" && reset > 0 ? ` until ${new Date(reset * 1000).toISOString()}` : "";
    return new Failure("CF704", `cannot ${what}: GitHub's rate limit is reached${until}`, {
      why,
      next: "run it again later, or use a token with a larger allowance",
      exitCode,
      cause: error,
    });
  }
  switch (status) {
    case 401:
      return new Failure("CF701", `cannot ${what}: GitHub does not accept the token`, {
        why,
        next: "set GITHUB_TOKEN to a token that is valid",
        exitCode,
        cause: error,
      });
    case 403: {
      const wanted = headers["x-accepted-github-permissions"];
      return new Failure("CF701", `cannot ${what}: the token may not do that`, {
        why,
        next: `give it the permission ${typeof wanted === "string" && wanted !== "" ? wanted.replaceAll("=", ": ") : permission}`,
        exitCode,
        cause: error,
      });
    }
    case 404:
    case 410:
      return new Failure("CF703", `cannot ${what}: it is not there`, {
        why,
        next: `check its name, and that the token has ${permission}: GitHub hides what a token may not see`,
        exitCode,
        cause: error,
      });
    default:
      return status >= 500
        ? new Failure("CF705", `cannot ${what}: GitHub fails`, {
            why,
            next: "run it again later; see githubstatus.com",
            exitCode,
            cause: error,
          })
        : new Failure("CF702", `cannot ${what}: GitHub refuses`, {
            why,
            next: "mend what GitHub names, then run it again",
            exitCode,
            cause: error,
          });
  }
}

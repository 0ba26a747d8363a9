/** Requests to the outside: a time limit on each attempt, repetition where it may help, no answer larger than asked for. */
import { exitCodes, Failure } from "../model/failure.ts";
import type { Http, HttpRequest, HttpResponse } from "../model/system.ts";
import { sleep } from "./sleep.ts";

const defaultTimeoutMs = 30_000;
const defaultRetries = 2;
const defaultMaxBytes = 64 * 1024 * 1024;
const firstDelayMs = 500;
/** A server that wants more patience than this is answered to later, by a person. */
const maxDelayMs = 60_000;

export interface HttpOptions {
  /** From 0 to 1. */
  readonly random: () => number;
  readonly now: () => Date;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export function createHttp({ random, now, wait = sleep }: HttpOptions): Http {
  return async (request) => {
    const signal = request.signal ?? new AbortController().signal;
    // A request that may have been carried out must not be carried out twice.
    const mayRepeat = request.method !== "POST" && request.method !== "PATCH";
    const retries = request.retries ?? (mayRepeat ? defaultRetries : 0);
    for (let attempt = 0; ; attempt++) {
      const isLast = attempt >= retries;
      const backoff = random() * Math.min(maxDelayMs, firstDelayMs * 2 ** attempt);
      try {
        const response = await once(request, signal);
        const isBusy = response.status === 429 || response.status >= 500;
        const asked = retryAfterMs(response.headers["retry-after"], now());
        if (!isBusy || isLast || (asked !== undefined && asked > maxDelayMs)) return response;
        await wait(asked === undefined ? backoff : asked + backoff, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const isFinal = error instanceof Failure && error.code === "CF112";
        if (isLast || isFinal || !(error instanceof Failure)) throw error;
        await wait(backoff, signal);
      }
    }
  };
}

async function once(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const { url, method = "GET", headers, body, timeoutMs = defaultTimeoutMs, maxBytes = defaultMaxBytes } = request;
  const where = addressOf(url);
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body: body as NonNullable<RequestInit["body"]> }),
      redirect: "follow",
      signal: AbortSignal.any([signal, limit]),
    });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > maxBytes) {
        throw new Failure("CF112", `the answer of ${where} is larger than ${maxBytes} bytes`, {
          exitCode: exitCodes.incomplete,
        });
      }
      chunks.push(chunk);
    }
    return { status: response.status, headers: Object.fromEntries(response.headers), body: Buffer.concat(chunks) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (signal.aborted) throw signal.reason;
    if (limit.aborted) {
      throw new Failure("CF111", `${where} did not answer in ${timeoutMs / 1000} s`, {
        exitCode: exitCodes.incomplete,
      });
    }
    throw new Failure("CF110", `${where} cannot be reached`, {
      why: reasonOf(error),
      exitCode: exitCodes.incomplete,
      cause: error,
    });
  }
}

/** Without what may be secret: user, query, fragment. */
function addressOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? "an address that is none" : `${parsed.origin}${parsed.pathname}`;
}

/** Seconds or a date (RFC 9110). */
function retryAfterMs(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const deepest = cause instanceof AggregateError ? cause.errors[0] : cause;
  if (deepest instanceof Error) return deepest.message;
  return error instanceof Error ? error.message : String(error);
}

/** Ports of the machine: processes, clock, log. */

export interface ExecRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  /** The whole process group is killed after this. */
  readonly timeoutMs?: number;
  /** Output beyond this many bytes kills the group and fails; 256 MiB unless said. */
  readonly maxOutputBytes?: number;
  readonly signal?: AbortSignal;
  /**
   * Told the program's process id, that of its group too, before it begins: it does once this resolves, and never when it
   * rejects or this process dies before. (Not on Windows, where it has begun.)
   */
  readonly onStart?: (pid: number) => Promise<void>;
  /** Told of output as it comes, beside the result. */
  readonly onOutput?: (chunk: Uint8Array, stream: "stdout" | "stderr") => void;
}

export interface ExecResult {
  readonly exitCode: number;
  /** Set when the process ended by a signal, ours included. */
  readonly killedBy?: string;
  readonly timedOut: boolean;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** A process, so that a later one can tell whether it is still the same. */
export interface ProcessMark {
  /** Where process ids mean the same. */
  readonly machine: string;
  readonly pid: number;
  /** When it began, as the machine says it. */
  readonly start: string;
}

/** Runs a program without a shell. Rejects only when it cannot be started or the signal aborts. */
export type Exec = (request: ExecRequest) => Promise<ExecResult>;

export interface Clock {
  now(): Date;
  /** Milliseconds from an arbitrary start, never going back. */
  monotonic(): number;
}

/** Warnings reach the person once; debug lines only with --verbose. Every line is redacted. */
export interface Log {
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

export interface HttpRequest {
  readonly url: string;
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Of one attempt; 30 s unless said. */
  readonly timeoutMs?: number;
  /** Attempts beside the first, after network faults, 429 and 5xx; only for requests that may be repeated. 2 unless said. */
  readonly retries?: number;
  /** An answer beyond this many bytes fails; 64 MiB unless said. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Answers whatever the status is; throws a Failure (CF110 unreachable, CF111 timeout, CF112 too large) otherwise. */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;

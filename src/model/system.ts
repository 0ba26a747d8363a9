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
}

export interface ExecResult {
  readonly exitCode: number;
  /** Set when the process ended by a signal, ours included. */
  readonly killedBy?: string;
  readonly timedOut: boolean;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
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

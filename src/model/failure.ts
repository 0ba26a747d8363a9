/** Errors as entries: a permanent code, what happened, why, and what to do next. */

/** The exit codes that every door speaks. */
export const exitCodes = { passed: 0, failed: 1, usage: 2, incomplete: 3, interrupted: 130 } as const;

/** An error meant for the person at the terminal; anything else that is thrown is a bug of ours. */
export class Failure extends Error {
  /** Permanent, `CF` and three digits. */
  readonly code: string;
  readonly why: string | undefined;
  /** What to do next: a command or a sentence. */
  readonly next: string | undefined;
  readonly exitCode: number;

  constructor(
    code: string,
    what: string,
    details: { why?: string; next?: string; exitCode?: number; cause?: unknown } = {},
  ) {
    super(what, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "Failure";
    this.code = code;
    this.why = details.why;
    this.next = details.next;
    this.exitCode = details.exitCode ?? exitCodes.usage;
  }
}

/** Thrown by an analyzer for one file that it cannot judge (too large, not its language after all): stated, not fatal. */
export class SkipFile extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "SkipFile";
  }
}

/** The world that a door hands to a use case: nothing here is read from the process itself. */
import type { Clock, Exec, Log } from "../model/system.ts";

export interface World {
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Log;
  /** Threads and processes to use at once. */
  readonly cores: number;
  /** Ends everything: Ctrl-C, a client that went away. */
  readonly signal: AbortSignal;
}

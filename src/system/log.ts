/** Lines for the person beside the report: warnings once, details only on request, nothing that would leak or garble. */
import type { Log } from "../model/system.ts";
import { visible } from "../model/visible.ts";

export interface LogOptions {
  readonly write: (text: string) => void;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Values that must never be printed, e.g. tokens from the environment. */
  readonly secrets: readonly string[];
}

export function createLog(options: LogOptions): Log {
  const told = new Set<string>();
  const secrets = options.secrets.filter((secret) => secret.length >= 6);
  const print = (prefix: string, message: string): void => {
    let text = message;
    for (const secret of secrets) text = text.replaceAll(secret, "***");
    options.write(`${prefix}${visible(text)}\n`);
  };
  return {
    warn(message) {
      if (told.has(message)) return;
      told.add(message);
      print("warning: ", message);
    },
    info(message) {
      if (!options.quiet) print("", message);
    },
    debug(message) {
      if (options.verbose) print("debug: ", message);
    },
  };
}

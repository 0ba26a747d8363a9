/** Every command, one sorted line each; a command's code loads when it is called. */
import type { CliCommand } from "./door.ts";

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CliCommand>;
}

export const commands: readonly CommandEntry[] = [
  {
    name: "check",
    summary: "analyse the repository, what is staged, or what changed",
    load: async () => (await import("./check.ts")).check,
  },
];

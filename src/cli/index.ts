/** Every command, one sorted line each; a command's code loads when it is called. */
import type { CliCommand } from "./door.ts";

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CliCommand>;
}

export const commands: readonly CommandEntry[] = [
  {
    name: "baseline",
    summary: "accept the findings of today, and keep what was accepted true",
    load: async () => (await import("./baseline.ts")).baseline,
  },
  {
    name: "check",
    summary: "analyse the repository, what is staged, or what changed",
    load: async () => (await import("./check.ts")).check,
  },
];

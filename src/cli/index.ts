/** Every command, one sorted line each; a command's code loads when it is called. */
import type { CliCommand } from "./door.ts";

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CliCommand>;
}

export const commands: readonly CommandEntry[] = [
  {
    name: "actions",
    summary: "what the steps of workflows can use",
    load: async () => (await import("./actions.ts")).actions,
  },
  {
    name: "analyzers",
    summary: "what can be found, and which analyzers run here",
    load: async () => (await import("./analyzers.ts")).analyzers,
  },
  {
    name: "baseline",
    summary: "accept the findings of today, and keep what was accepted true",
    load: async () => (await import("./baseline.ts")).baseline,
  },
  {
    name: "cache",
    summary: "what is kept of earlier checks: its size, pruning, clearing",
    load: async () => (await import("./cache.ts")).cache,
  },
  {
    name: "check",
    summary: "analyse the repository, what is staged, or what changed",
    load: async () => (await import("./check.ts")).check,
  },
  {
    name: "ci",
    summary: "what the GitHub Action runs: check the event's change, report, publish",
    load: async () => (await import("./ci.ts")).ci,
  },
  {
    name: "completion",
    summary: "print a script that completes commands and options in a shell",
    load: async () => (await import("./completion.ts")).completion,
  },
  {
    name: "config",
    summary: "what the configuration means, whether it holds, and its schema",
    load: async () => (await import("./config.ts")).config,
  },
  {
    name: "detect",
    summary: "platforms, frameworks and languages, with the evidence for each",
    load: async () => (await import("./detect.ts")).detect,
  },
  {
    name: "doctor",
    summary: "whether everything that a check needs is there and works",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "history",
    summary: "past runs, and since when each finding is there",
    load: async () => (await import("./history.ts")).history,
  },
  {
    name: "hook",
    summary: "install and remove the git hook that checks what is about to be committed",
    load: async () => (await import("./hook.ts")).hook,
  },
  {
    name: "init",
    summary: "set up a repository: configuration, hook, merging of baselines",
    load: async () => (await import("./init.ts")).init,
  },
  {
    name: "issues",
    summary: "findings as issues of GitHub or Linear: sync, list",
    load: async () => (await import("./issues.ts")).issues,
  },
  {
    name: "notices",
    summary: "messages that could not be sent yet: list, retry, flush, drop",
    load: async () => (await import("./notices.ts")).notices,
  },
  {
    name: "run",
    summary: "run a workflow, by name or path",
    load: async () => (await import("./run.ts")).run,
  },
  {
    name: "runs",
    summary: "runs of workflows: list, show, resume, retry, approve, cancel",
    load: async () => (await import("./runs.ts")).runs,
  },
  {
    name: "trend",
    summary: "metrics over the past runs, plotted",
    load: async () => (await import("./trend.ts")).trend,
  },
  {
    name: "workflows",
    summary: "workflows here and with CodeFlow: list, show, validate, begin one",
    load: async () => (await import("./workflows.ts")).workflows,
  },
];

/** Every action, one sorted line each; an action's code loads when a workflow uses it. */
import type { ActionEntry } from "../model/action.ts";

export const actions: readonly ActionEntry[] = [
  { id: "flow.approval", load: async () => (await import("./flow/approval.ts")).approval },
  { id: "flow.assert", load: async () => (await import("./flow/assert.ts")).assert },
  { id: "flow.call-workflow", load: async () => (await import("./flow/call-workflow.ts")).callWorkflow },
  { id: "flow.log", load: async () => (await import("./flow/log.ts")).log },
  { id: "flow.run-script", load: async () => (await import("./flow/run-script.ts")).runScript },
  { id: "flow.set-output", load: async () => (await import("./flow/set-output.ts")).setOutput },
  { id: "flow.summary", load: async () => (await import("./flow/summary.ts")).summary },
  { id: "flow.wait", load: async () => (await import("./flow/wait.ts")).wait },
];

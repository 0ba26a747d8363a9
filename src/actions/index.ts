/** Every action, one sorted line each; an action's code loads when a workflow uses it. */
import type { ActionEntry } from "../model/action.ts";

export const actions: readonly ActionEntry[] = [
  { id: "flow.log", load: async () => (await import("./flow/log.ts")).log },
];

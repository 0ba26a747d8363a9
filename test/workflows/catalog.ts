/** A few actions as the reader sees them, so that golden cases do not change with the real ones. */
import { z } from "zod";
import type { ActionCatalog, ActionFacts } from "../../src/workflow/catalog.ts";

const actions: readonly ActionFacts[] = [
  {
    id: "flow.log",
    summary: "Write a line to the step's log.",
    inputs: z.strictObject({ message: z.string(), level: z.enum(["info", "warn", "error"]).default("info") }),
    outputs: z.object({}),
    needs: [],
    effects: "none",
  },
  {
    id: "issue.create-or-update",
    summary: "Keep one issue up to date.",
    inputs: z.strictObject({ title: z.string().min(1), body: z.string(), labels: z.array(z.string()).default([]) }),
    outputs: z.object({ number: z.number(), url: z.string() }),
    needs: ["tracker"],
    effects: "outside",
  },
  {
    id: "pr.comment",
    summary: "Keep one comment up to date.",
    inputs: z.strictObject({ body: z.string(), key: z.string().optional() }),
    outputs: z.object({ url: z.string(), created: z.boolean() }),
    needs: ["pullRequest", "host"],
    effects: "outside",
  },
  {
    id: "quality.run-checks",
    summary: "Run the checks.",
    inputs: z.strictObject({
      scope: z.enum(["all", "changed"]).default("changed"),
      limit: z.number().int().min(1).optional(),
      only: z.union([z.string(), z.array(z.string())]).optional(),
      thresholds: z.strictObject({ error: z.number(), warning: z.number().optional() }).optional(),
    }),
    outputs: z.object({ verdict: z.enum(["passed", "failed", "incomplete"]), findings: z.number(), report: z.string() }),
    needs: ["check", "repo"],
    effects: "none",
  },
  {
    id: "repo.changed-files",
    summary: "List the changed files.",
    inputs: z.strictObject({ paths: z.array(z.string()).optional() }),
    outputs: z.object({ files: z.array(z.string()), count: z.number() }),
    needs: ["repo"],
    effects: "none",
  },
];

export const catalog: ActionCatalog = {
  ids: actions.map(({ id }) => id),
  get: (id) => actions.find((action) => action.id === id),
};

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
  { id: "generate.api-route", load: async () => (await import("./generate/api-route.ts")).apiRoute },
  { id: "generate.barrel", load: async () => (await import("./generate/barrel.ts")).barrel },
  { id: "generate.component", load: async () => (await import("./generate/component.ts")).component },
  { id: "generate.hook", load: async () => (await import("./generate/hook.ts")).hook },
  { id: "generate.prop-table", load: async () => (await import("./generate/prop-table.ts")).propTable },
  { id: "repo.apply-patch", load: async () => (await import("./repo/apply-patch.ts")).applyPatch },
  { id: "repo.blame-authors", load: async () => (await import("./repo/blame-authors.ts")).blameAuthors },
  { id: "repo.changed-files", load: async () => (await import("./repo/changed-files.ts")).changedFiles },
  { id: "repo.codeowners-for", load: async () => (await import("./repo/codeowners-for.ts")).codeownersFor },
  { id: "repo.commit-and-push", load: async () => (await import("./repo/commit-and-push.ts")).commitAndPush },
  { id: "repo.create-branch", load: async () => (await import("./repo/create-branch.ts")).createBranch },
  { id: "repo.delete-branches", load: async () => (await import("./repo/delete-branches.ts")).deleteBranches },
  { id: "repo.diff-stats", load: async () => (await import("./repo/diff-stats.ts")).diffStats },
  { id: "repo.find-large-assets", load: async () => (await import("./repo/find-large-assets.ts")).findLargeAssets },
  {
    id: "repo.find-merged-branches",
    load: async () => (await import("./repo/find-merged-branches.ts")).findMergedBranches,
  },
  { id: "repo.read-file", load: async () => (await import("./repo/read-file.ts")).readFile },
  { id: "repo.update-doc-section", load: async () => (await import("./repo/update-doc-section.ts")).updateDocSection },
  { id: "repo.write-file", load: async () => (await import("./repo/write-file.ts")).writeFile },
];

/** `quality.lockfile-drift`: manifests against lockfiles. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";
import { counted } from "../markdown-table.ts";
import {
  activeFindings,
  findingList,
  findingsSummary,
  listFindings,
  scopeInput,
  wholeCheck,
} from "./check-findings.ts";

export const lockfileDrift = defineAction({
  id: "quality.lockfile-drift",
  summary: "Find lockfiles that do not give what their manifests ask for.",
  description: `npm, pnpm, Yarn, Bun, Poetry, uv, PDM, Pipenv, Cargo, Go, Bundler and Composer; nothing is installed and nothing asked of a registry. The step fails on
a drift, because an installation from such a lockfile fails too or installs something else.`,
  inputs: z.strictObject({
    scope: scopeInput,
    base: z.string().optional().describe("With `changed`: branch or commit to compare with."),
    "fail-on-findings": z
      .boolean()
      .default(true)
      .describe("Fail the step when anything is found (with `changed`: anything new)."),
    limit: z.int().min(0).default(50).describe("Findings listed in the outputs."),
  }),
  outputs: z.object({
    count: z.number().describe("Findings that are not suppressed."),
    new: z.number().describe("How many of them are new."),
    findings: findingList.describe("Worst first, at most `limit`."),
  }),
  needs: ["check"],
  effects: "none",
  async run({ check, summarize }, inputs) {
    const { run } = await wholeCheck(check, {
      scope: inputs.scope,
      ...(inputs.base === undefined ? {} : { base: inputs.base }),
      only: ["dependencies"],
      gate: [],
    });
    const found = activeFindings(run).filter(({ rule }) => rule !== "dependencies/duplicated-versions");
    const fresh = found.filter(({ state }) => state === "new");
    summarize(findingsSummary("Lockfiles", found));
    const outputs = { count: found.length, new: fresh.length, findings: listFindings(found, inputs.limit) };
    const decisive = inputs.scope === "all" ? found : fresh;
    if (inputs["fail-on-findings"] && decisive.length > 0) {
      throw new StepFailed(
        `${counted(decisive.length, "finding")}: ${decisive
          .slice(0, 3)
          .map(({ message, location }) => `${location.path}: ${message}`)
          .join("; ")}`,
        outputs,
      );
    }
    return outputs;
  },
});

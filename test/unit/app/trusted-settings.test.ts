/** Strangers' changes are judged by the settings of the revision that they are compared with. */
import { afterEach, describe, expect, it } from "vitest";
import { createBaselineFile } from "../../../src/app/baseline.ts";
import { checkAfresh } from "../../../src/app/check-afresh.ts";
import type { CheckOptions } from "../../../src/app/check.ts";
import { type TemporaryRepository, temporaryRepository } from "./temporary-repository.ts";

const options: CheckOptions = {
  paths: [],
  scope: { kind: "changed", base: "main" },
  profile: undefined,
  only: [],
  skip: [],
  noExec: true,
  noCache: true,
  imports: [],
  reports: [],
  baseline: undefined,
  gate: [],
  unrecorded: true,
};

let repository: TemporaryRepository;
afterEach(() => repository.remove());

/** A change that adds a finding, with files that would hide it if they counted. */
function strangersChange(files: Readonly<Record<string, string>>): void {
  repository = temporaryRepository({ "app.py": "print('a')\n", "ruff.toml": 'lint.select = ["F"]\n' });
  repository.git("add", "-A");
  repository.git("commit", "-qm", "Begin");
  repository.git("checkout", "-qb", "topic");
  repository.write("app.py", "import os\nprint('a')\n");
  for (const [path, text] of Object.entries(files)) repository.write(path, text);
  repository.git("add", "-A");
  repository.git("commit", "-qm", "Change");
}

async function newRules(given: Partial<CheckOptions>): Promise<string[]> {
  const { run } = await checkAfresh({ ...options, ...given }, repository.world, "0.0.0");
  return run.findings
    .filter(({ state, suppressed }) => state === "new" && suppressed === undefined)
    .map(({ rule }) => rule);
}

describe("settings that a change edits", () => {
  it.each([
    ["codeflow.yml, rules", { "codeflow.yml": 'rules: { "ruff/*": "off" }\n' }],
    ["codeflow.yml, excluded files", { "codeflow.yml": 'exclude: ["**"]\n' }],
    ["codeflow.yml, ignored findings", { "codeflow.yml": 'ignore: [{ paths: ["**"], reason: mine }]\n' }],
    ["a tool's own configuration", { "ruff.toml": 'lint.select = ["E999"]\n' }],
  ])("count for the author, and not from a stranger: %s", async (_what, files) => {
    strangersChange(files);
    expect(await newRules({})).not.toContain("ruff/F401");
    expect(await newRules({ trust: "base" })).toContain("ruff/F401");
  });

  it("a baseline that accepts what the change brings", async () => {
    strangersChange({});
    const accept = { baseline: undefined, profile: undefined, noExec: true, force: false, reason: undefined };
    await createBaselineFile(accept, repository.world, "0.0.0");
    const rulesOf = async (given: Partial<CheckOptions>): Promise<string[]> => {
      const { run } = await checkAfresh({ ...options, ...given }, repository.world, "0.0.0");
      return run.findings.filter(({ suppressed }) => suppressed?.kind === "baseline").map(({ rule }) => rule);
    };
    expect(await rulesOf({})).toContain("ruff/F401");
    expect(await rulesOf({ trust: "base" })).toEqual([]);
    expect(await newRules({ trust: "base" })).toContain("ruff/F401");
  });

  it("a configuration that is none", async () => {
    strangersChange({ "codeflow.yml": "baseline: { not: a path }\n" });
    await expect(newRules({})).rejects.toThrow();
    expect(await newRules({ trust: "base" })).toContain("ruff/F401");
  });

  it("another configuration is read from the base, or not at all", async () => {
    strangersChange({ "ci/codeflow.yml": 'rules: { "ruff/*": "off" }\n' });
    expect(await newRules({ config: "ci/codeflow.yml" })).not.toContain("ruff/F401");
    await expect(newRules({ config: "ci/codeflow.yml", trust: "base" })).rejects.toThrow("no configuration");
  });
});

/** What is said about each analyzer in a given repository. */
import { afterEach, expect, it } from "vitest";
import { type AnalyzerFacts, listAnalyzers, showAnalyzer } from "../../../src/app/list-analyzers.ts";
import { temporaryRepository, type TemporaryRepository } from "./temporary-repository.ts";

let repository: TemporaryRepository;
afterEach(() => repository.remove());

async function facts(
  files: Record<string, string>,
  request: { profile?: "fast" | "smart" | "comprehensive"; noExec?: boolean } = {},
): Promise<(id: string) => AnalyzerFacts> {
  repository = temporaryRepository(files);
  const list = await listAnalyzers({ profile: request.profile, noExec: request.noExec ?? false }, repository.world);
  return (id) => {
    const found = list.analyzers.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
}

it("says of every analyzer whether it runs here, and why not", async () => {
  const of = await facts({
    "a.py": "import os\n",
    "b.py": "import os\n",
    "node_modules/c.py": "import os\n",
    "vendor/d.py": "import os\n",
    "eslint.config.js": "export default [];\n",
    "package.json": '{ "devDependencies": { "eslint": "^10.0.0" } }\n',
    ".gitignore": "node_modules\n",
    "codeflow.yml": "analyzers:\n  secrets: { enabled: false }\nrules:\n  ruff/F401: error\n  ruff/F841: off\n",
  });
  expect(of("ruff").here).toEqual({ status: "runs", reason: undefined, files: 2 });
  expect(of("secrets").here).toMatchObject({ status: "off", reason: "the configuration says enabled: false" });
  expect(of("workflows").here).toMatchObject({ status: "no files", files: 0 });
  expect(of("eslint").here.status).toBe("missing");
  expect(of("eslint").here.reason).toMatch(/\S/);
  expect(of("prettier").here.status).toBe("not used");
  const rule = (id: string) => of("ruff").rules.find((one) => one.id === id);
  expect(rule("ruff/F401")).toMatchObject({ severity: "error", isOn: true });
  expect(rule("ruff/F841")).toMatchObject({ isOn: false });
});

it("does not look for tools with --no-exec", async () => {
  const of = await facts({ "eslint.config.js": "export default [];\n" }, { noExec: true });
  expect(of("eslint").here).toMatchObject({ status: "not looked for", reason: "--no-exec" });
});

it("names the profile that another would need", async () => {
  const of = await facts({ "a.py": "import os\n" }, { profile: "fast" });
  expect(of("complexity").here).toMatchObject({ status: "other profile", reason: "runs with --profile smart" });
});

it("finds an analyzer by its name, a rule by its own, and suggests what was meant", async () => {
  repository = temporaryRepository();
  const request = { profile: undefined, noExec: true };
  expect((await showAnalyzer("ruff", request, repository.world)).rule).toBeUndefined();
  const shown = await showAnalyzer("workflows/unpinned-action", request, repository.world);
  expect(shown.analyzer.id).toBe("workflows");
  expect(shown.rule?.id).toBe("workflows/unpinned-action");
  await expect(showAnalyzer("ruf", request, repository.world)).rejects.toMatchObject({
    code: "CF430",
    next: "did you mean ruff?",
  });
  await expect(showAnalyzer("workflows/unpined-action", request, repository.world)).rejects.toMatchObject({
    next: "did you mean workflows/unpinned-action?",
  });
});

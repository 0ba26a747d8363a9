/** Whether a Python tool from PATH runs where the repository's dependencies are installed. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ToolProject } from "../../model/analyzer.ts";
import type { Executable } from "./detect.ts";
import { isRecord } from "./manifests.ts";

/** Prints the first of the distributions named by its arguments that is not installed. */
const probe = `import sys
from importlib.metadata import PackageNotFoundError, distribution
for name in sys.argv[1:]:
    try:
        distribution(name)
    except PackageNotFoundError:
        print(name)
        break
`;

/**
 * A type checker that does not see the repository's dependencies takes all that comes from them for `Any` and reports
 * what follows from that, none of which is true of the code. So a copy from PATH counts only where they are installed.
 */
export async function withDependencies(
  project: ToolProject,
  directory: string,
  found: Executable,
): Promise<Executable> {
  if ("reason" in found || found.executable.startsWith(`${project.root}/`)) return found;
  const names = await declaredDependencies(project, directory);
  const interpreter = interpreterOf(found.executable);
  if (names.length === 0 || interpreter === undefined) return found;
  const answer = await project.exec({
    command: interpreter,
    args: ["-c", probe, ...names],
    cwd: project.root,
    timeoutMs: 10_000,
  });
  const missing = answer.stdout.toString().trim();
  if (answer.exitCode !== 0 || answer.timedOut || missing === "") return found;
  return {
    reason: `${found.executable} runs where ${missing}, which the code depends on, is not installed; install the repository's dependencies into .venv, or activate its environment`,
  };
}

/** The interpreter of a console script: its first line says, or else (pyenv's shims) it lies beside. */
function interpreterOf(executable: string): string | undefined {
  const start = readFileSync(executable, { encoding: "latin1" }).slice(0, 200);
  const named = /^#!(\/\S*python[\d.]*)\s*$/m.exec(start)?.[1];
  const beside = join(dirname(executable), "python3");
  return [named, beside].find((path) => path !== undefined && existsSync(path));
}

/** Names of distributions needed everywhere: those with a marker or an extra are not. */
async function declaredDependencies(project: ToolProject, directory: string): Promise<string[]> {
  const at = (name: string): string => (directory === "" ? name : `${directory}/${name}`);
  const names = new Set<string>();
  const addRequirement = (line: string): void => {
    const name = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(line)?.[1];
    if (name !== undefined && !line.includes(";") && !/^\s*(?:-|\.|\w+:)/.test(line)) names.add(name);
  };
  const text = await project.read(at("pyproject.toml"));
  if (text !== undefined) {
    const { parse } = await import("smol-toml");
    let value: unknown;
    try {
      value = parse(text);
    } catch {
      // The TOML analyzer says what is wrong with it.
      value = undefined;
    }
    const projectTable = isRecord(value) ? value["project"] : undefined;
    const list = isRecord(projectTable) ? projectTable["dependencies"] : undefined;
    for (const line of Array.isArray(list) ? list : []) if (typeof line === "string") addRequirement(line);
    const tool = isRecord(value) ? value["tool"] : undefined;
    const poetry = isRecord(tool) && isRecord(tool["poetry"]) ? tool["poetry"]["dependencies"] : undefined;
    for (const [name, wanted] of Object.entries(isRecord(poetry) ? poetry : {})) {
      if (name !== "python" && typeof wanted === "string") names.add(name);
    }
  }
  for (const line of ((await project.read(at("requirements.txt"))) ?? "").split(/\r?\n/)) addRequirement(line);
  return [...names];
}

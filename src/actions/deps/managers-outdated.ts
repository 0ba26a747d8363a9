/** Asks a repository's own package manager which direct dependencies have newer versions. */
import { isRecord, nested, records, strings } from "../../analyzers/dependencies/shapes.ts";
import { type ActionContext, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";
import type { LockedProject, OsvEcosystem } from "../locked-packages.ts";
import { type Row, stepOf } from "./outdated.ts";

interface Manager {
  readonly command: string;
  readonly args: readonly string[];
  /** npm and pnpm answer 1 when something is outdated. */
  readonly accepted: readonly number[];
  readonly read: (text: string) => readonly {
    readonly name: string;
    readonly current: string;
    readonly wanted?: string;
    readonly latest: string;
  }[];
}

export async function askManager(
  context: ActionContext<"repo">,
  ecosystem: OsvEcosystem,
  manifest: string,
  project: LockedProject,
): Promise<Row[]> {
  const folder = manifest.includes("/") ? manifest.slice(0, manifest.lastIndexOf("/")) : "";
  const manager = managerOf(ecosystem, folder, project);
  if (manager === undefined) {
    throw new StepFailed(
      `${manifest}: name a registry for ${ecosystem} in \`registries\`; its package manager cannot be asked from here`,
    );
  }
  let result: Awaited<ReturnType<typeof context.exec>>;
  try {
    result = await context.exec({
      command: manager.command,
      args: manager.args,
      cwd: folder === "" ? context.repo.root : `${context.repo.root}/${folder}`,
      timeoutMs: 300_000,
      signal: context.signal,
    });
  } catch (error) {
    if (error instanceof Failure && error.code === "CF102") {
      throw new StepFailed(
        `${manifest}: ${manager.command} is not installed here; install it, or name a registry for ${ecosystem} in \`registries\``,
      );
    }
    throw error;
  }
  const said = result.stderr.toString().trim();
  if (result.timedOut || !manager.accepted.includes(result.exitCode)) {
    throw new StepFailed(
      `${manager.command} ${manager.args.join(" ")} ended with ${result.exitCode}: ${said.split("\n").at(-1) ?? ""}`,
    );
  }
  let answer: ReturnType<Manager["read"]>;
  try {
    answer = manager.read(result.stdout.toString());
  } catch (error) {
    if (error instanceof StepFailed) throw error;
    throw new StepFailed(`${manager.command} answered something that cannot be read: ${(error as Error).message}`);
  }
  return answer
    .filter(({ current, latest }) => current !== latest)
    .map(({ name, current, wanted, latest }) => ({
      name,
      ecosystem,
      path: manifest,
      current,
      ...(wanted === undefined ? {} : { wanted }),
      latest,
      step: stepOf(current, latest),
    }));
}

function managerOf(ecosystem: OsvEcosystem, folder: string, project: LockedProject): Manager | undefined {
  if (ecosystem === "npm") {
    const names = project.lockfiles
      .filter((path) => folder.startsWith(path.slice(0, Math.max(0, path.lastIndexOf("/")))))
      .map((path) => path.slice(path.lastIndexOf("/") + 1));
    if (names.includes("pnpm-lock.yaml"))
      return { command: "pnpm", args: ["outdated", "--format", "json"], accepted: [0, 1], read: readNpm };
    // Yarn's own command prints for people only.
    return names.includes("yarn.lock")
      ? undefined
      : { command: "npm", args: ["outdated", "--json"], accepted: [0, 1], read: readNpm };
  }
  if (ecosystem === "Packagist") {
    return {
      command: "composer",
      args: ["outdated", "--direct", "--locked", "--format=json", "--no-interaction", "--no-plugins"],
      accepted: [0],
      read: readComposer,
    };
  }
  if (ecosystem === "Go")
    return { command: "go", args: ["list", "-m", "-u", "-json", "all"], accepted: [0], read: readGo };
  return undefined;
}

function readNpm(text: string) {
  const value: unknown = text.trim() === "" ? {} : JSON.parse(text);
  const problem = nested(value, "error", "summary");
  if (typeof problem === "string") throw new StepFailed(`npm: ${problem}`);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, facts]) => {
    const { current, wanted, latest } = strings(Array.isArray(facts) ? facts[0] : facts);
    // Without what is installed npm knows no current version: the one in range stands for it.
    const from = current ?? wanted;
    return from === undefined || latest === undefined
      ? []
      : [{ name, current: from, latest, ...(wanted === undefined ? {} : { wanted }) }];
  });
}

function readComposer(text: string) {
  const value: unknown = JSON.parse(text);
  return records(nested(value, "installed") ?? nested(value, "locked")).flatMap((one) => {
    const { name, version, latest } = strings(one);
    return name === undefined || version === undefined || latest === undefined
      ? []
      : [{ name, current: version, latest }];
  });
}

/** A stream of objects, one after the other. */
function readGo(text: string) {
  return text
    .split(/^(?=\{$)/m)
    .filter((part) => part.trim() !== "")
    .flatMap((part) => {
      const value: unknown = JSON.parse(part);
      const { Path: name, Version: current } = strings(value);
      const latest = nested(value, "Update", "Version");
      const isDirect = nested(value, "Indirect") !== true && nested(value, "Main") !== true;
      return name === undefined || current === undefined || typeof latest !== "string" || !isDirect
        ? []
        : [{ name, current, latest }];
    });
}

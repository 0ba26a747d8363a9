/** `deps.update-one`: updates one dependency by the repository's own package manager, and takes it back when tests fail. */
import { z } from "zod";
import { isDependencyFile } from "../../analyzers/dependencies.ts";
import type { LockManager } from "../../analyzers/dependencies/facts.ts";
import { type ActionContext, defineAction, StepFailed } from "../../model/action.ts";
import { Failure } from "../../model/failure.ts";
import { osvEcosystems, readLockedPackages } from "../locked-packages.ts";
import { code } from "../markdown-table.ts";
import { normalName } from "../quality/osv-records.ts";
import { type Declared, updateCommands } from "./update-commands.ts";

export const updateOne = defineAction({
  id: "deps.update-one",
  summary: "Update one dependency in manifest and lockfile, run the tests, and take it back when they fail.",
  description: `The package manager is the one whose lockfile the folder has; it must be installed. Scripts of packages do not run. Manifest and lockfile must have no edits that are
not committed. Before tests, Python's managers install what is locked; the others do that when they update. When the update or the tests fail, all manifests and lockfiles are as they were, byte for byte, and what is installed is brought back in step where the manager can.
Nothing is committed: \`repo.commit-and-push\` does that.

\`\`\`yaml
- uses: deps.update-one
  with: { name: left-pad, version: 1.3.0, test: [npm, test] }
\`\`\``,
  inputs: z.strictObject({
    name: z
      .string()
      .regex(/^@?[A-Za-z0-9][\w./~-]*$/, "no name of a package")
      .describe("The package."),
    version: z
      .string()
      .regex(/^v?\d[\w.+-]*$/, "no exact version")
      .optional()
      .describe(
        "Exact version, which the manager writes into the manifest as it does; the newest that it permits unless said.",
      ),
    folder: z.string().default(".").describe("Where manifest and lockfile stand."),
    test: z
      .array(z.string())
      .optional()
      .describe("Program and arguments that must succeed afterwards; no tests unless said."),
    "timeout-minutes": z.number().min(0.1).default(20).describe("For the update, and for the tests."),
  }),
  outputs: z.object({
    outcome: z.enum(["updated", "unchanged", "reverted"]).describe("What became of it."),
    from: z.string().describe("Locked version before."),
    to: z.string().describe("Locked version afterwards."),
    files: z.array(z.string()).describe("Manifests and lockfiles that changed."),
    tested: z.boolean().describe("Whether tests ran and passed."),
  }),
  needs: ["repo"],
  effects: "workspace",
  async run(context, inputs) {
    const { repo, summarize, log } = context;
    const folder = inputs.folder.replace(/^\.\/|\/+$/g, "").replace(/^\.$/, "");
    if (folder.startsWith("/") || folder.split("/").includes(".."))
      throw new StepFailed(`${folder} leads out of the repository`);
    const before = await lockedIn(context, folder, inputs.name);
    if (before === undefined)
      throw new StepFailed(
        `there is no lockfile in ${folder === "" ? "the root" : folder}: it is not known which package manager to use`,
      );
    const saved = await save(context);
    const dirty = (await repo.git(["diff", "--name-only", "-z", "HEAD"])).split("\0").filter((path) => saved.has(path));
    if (dirty.length > 0)
      throw new StepFailed(`${dirty.join(", ")} has edits that are not committed; commit or drop them first`);

    const commands = updateCommands(before.manager, inputs.name, inputs.version, before.declared);
    const timeoutMs = inputs["timeout-minutes"] * 60_000;
    const [program, ...args] = inputs.test ?? [];
    let isInstalled = commands.install === undefined;
    const revert = async (why: string): Promise<never> => {
      const files = await restore(context, saved);
      if (commands.restore !== undefined && isInstalled && files.length > 0) {
        const failed = await run(context, folder, commands.restore, timeoutMs);
        if (failed !== undefined) log.warn(`what is installed may not be what the lockfile says: ${failed}`);
      }
      throw new StepFailed(`${inputs.name} was not updated, manifest and lockfile are as they were: ${why}`, {
        outcome: "reverted",
        from: before.version,
        to: before.version,
        files: [],
        tested: false,
      });
    };
    for (const command of commands.update) {
      const failed = await run(context, folder, command, timeoutMs);
      if (failed !== undefined) await revert(failed);
    }
    const after = await lockedIn(context, folder, inputs.name);
    const files = await changedFiles(context, saved);
    const isAsked = (version: string | undefined): boolean =>
      inputs.version === undefined || version?.replace(/^v/, "") === inputs.version.replace(/^v/, "");
    if (files.length === 0 && !isAsked(before.version)) {
      await revert(`${before.manager} keeps ${before.version}; does the manifest permit ${inputs.version}?`);
    }
    if (files.length === 0)
      return { outcome: "unchanged" as const, from: before.version, to: before.version, files, tested: false };
    if (after === undefined) await revert("the lockfile is gone");
    if (!isAsked(after?.version)) {
      await revert(`${before.manager} locked ${after?.version ?? "nothing"} instead of ${inputs.version}`);
    }
    if (program !== undefined) {
      if (commands.install !== undefined) {
        isInstalled = true;
        const failed = await run(context, folder, commands.install, timeoutMs);
        if (failed !== undefined) await revert(failed);
      }
      const failed = await run(context, folder, [program, ...args], timeoutMs);
      if (failed !== undefined) await revert(`with ${after?.version ?? "it"} the tests fail: ${failed}`);
    }
    const to = after?.version ?? "";
    summarize(
      `${code(inputs.name)} ${code(before.version)} → ${code(to)}${program === undefined ? ", not tested" : ", tests pass"}`,
    );
    return { outcome: "updated" as const, from: before.version, to, files, tested: program !== undefined };
  },
});

async function lockedIn(
  { repo }: ActionContext<"repo">,
  folder: string,
  name: string,
): Promise<{ manager: LockManager; version: string; declared?: Declared } | undefined> {
  const project = await readLockedPackages(repo, () => true);
  const prefix = folder === "" ? "" : `${folder}/`;
  for (const [path, fact] of project.facts) {
    const isHere = path.startsWith(prefix) && !path.slice(prefix.length).includes("/");
    if (!isHere || (fact.kind === "manifest" && fact.ecosystem !== "go")) continue;
    const ecosystem = osvEcosystems[fact.ecosystem];
    const own = project.packages.filter(
      (one) => one.ecosystem === ecosystem && normalName(ecosystem, one.name) === normalName(ecosystem, name),
    );
    const top = fact.kind === "lockfile" ? fact.installed?.[`node_modules/${name}`] : undefined;
    const version =
      top ??
      own
        .filter((one) => one.path === path)
        .map((one) => one.version)
        .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
        .at(-1);
    if (version === undefined) continue;
    const declared = [...project.facts].flatMap(([other, one]) =>
      one.kind === "manifest" &&
      one.ecosystem === fact.ecosystem &&
      other.slice(0, other.lastIndexOf("/") + 1) === prefix
        ? one.requirements.filter((asked) => normalName(ecosystem, asked.name) === normalName(ecosystem, name))
        : [],
    )[0];
    const manager = fact.kind === "lockfile" ? fact.manager : "go";
    return { manager, version, ...(declared === undefined ? {} : { declared }) };
  }
  const other = [...project.facts].find(
    ([path, fact]) => fact.kind === "lockfile" && path.startsWith(prefix) && !path.slice(prefix.length).includes("/"),
  );
  if (other !== undefined) throw new StepFailed(`${name} is not locked in ${other[0]}`);
  return undefined;
}

async function save({ repo }: ActionContext<"repo">): Promise<Map<string, Uint8Array>> {
  const saved = new Map<string, Uint8Array>();
  for (const { path, mode } of await repo.files()) {
    if (!mode.startsWith("100") || !isDependencyFile(path)) continue;
    const content = await repo.read(path);
    if (content !== undefined) saved.set(path, content);
  }
  return saved;
}

async function changedFiles(
  { repo }: ActionContext<"repo">,
  saved: ReadonlyMap<string, Uint8Array>,
): Promise<string[]> {
  const changed: string[] = [];
  const now = (await repo.files()).filter(({ path }) => isDependencyFile(path)).map(({ path }) => path);
  for (const path of new Set([...saved.keys(), ...now])) {
    const content = await repo.read(path);
    const old = saved.get(path);
    if (content === undefined || old === undefined || !Buffer.from(content).equals(Buffer.from(old)))
      changed.push(path);
  }
  return changed.sort();
}

async function restore(context: ActionContext<"repo">, saved: ReadonlyMap<string, Uint8Array>): Promise<string[]> {
  const changed = await changedFiles(context, saved);
  for (const path of changed) {
    const old = saved.get(path);
    if (old === undefined) await context.repo.remove(path);
    else await context.repo.write(path, old);
  }
  return changed;
}

/** Why it failed; undefined when it did not. */
async function run(
  { repo, exec, signal }: ActionContext<"repo">,
  folder: string,
  [command, ...args]: readonly [string, ...string[]],
  timeoutMs: number,
): Promise<string | undefined> {
  try {
    const result = await exec({
      command,
      args,
      cwd: folder === "" ? repo.root : `${repo.root}/${folder}`,
      timeoutMs,
      signal,
    });
    if (result.exitCode === 0 && !result.timedOut) return undefined;
    const said = `${result.stdout.toString()}\n${result.stderr.toString()}`.trim().split("\n").slice(-15).join("\n");
    return `${[command, ...args].join(" ")} ${result.timedOut ? "did not end in time" : `ended with ${result.exitCode}`}: ${said}`;
  } catch (error) {
    if (error instanceof Failure) return `${error.message}: ${error.why ?? ""}`;
    throw error;
  }
}

/** `flow.run-script`: a script of the repository's own manifest, by the package manager that the repository uses. */
import { z } from "zod";
import { defineAction, StepFailed } from "../../model/action.ts";

/** Lockfile to how its package manager runs a script; the first that is there wins. */
const runners = [
  { lockfile: "pnpm-lock.yaml", command: "pnpm" },
  { lockfile: "yarn.lock", command: "yarn" },
  { lockfile: "bun.lock", command: "bun" },
  { lockfile: "bun.lockb", command: "bun" },
  { lockfile: "package-lock.json", command: "npm" },
] as const;

const shownBytes = 20_000;

export const runScript = defineAction({
  id: "flow.run-script",
  summary: "Run a script of package.json, a make target or a just recipe that the repository has.",
  description:
    "Finds the script in package.json, the Makefile or the justfile at `directory`, in this order. Arguments are passed as " +
    "they are, without a shell in between. Refused where a stranger's code must not run.\n\n" +
    "```yaml\n- uses: flow.run-script\n  with: { script: build, arguments: ['--mode', 'production'] }\n```",
  inputs: z.strictObject({
    script: z
      .string()
      .regex(/^[\w:.@/-]+$/, "a script's name has letters, digits and : . _ - / @ only")
      .refine((name) => !name.startsWith("-"), "a script's name does not begin with -")
      .describe("Its name."),
    arguments: z.array(z.string()).default([]).describe("Passed behind the script."),
    directory: z.string().default(".").describe("Where its manifest is, relative to the root."),
    "timeout-seconds": z.number().positive().default(1_800).describe("After this it is ended with its children."),
  }),
  outputs: z.object({
    "exit-code": z.number().describe("0."),
    stdout: z.string().describe("The end of what it printed."),
    command: z.string().describe("What was run."),
  }),
  needs: ["repo"],
  // Whatever the script does: it is the repository's own, and repeating it is what a person would do.
  effects: "workspace",
  async run(context, given) {
    const at = given.directory === "." ? "" : `${given.directory.replace(/\/$/, "")}/`;
    const command = await findScript((path) => context.repo.readText(path), at, given.script, given.arguments);
    if (command === undefined) {
      throw new StepFailed(`there is no script "${given.script}" in ${at}package.json, ${at}Makefile or ${at}justfile`);
    }
    const [program, ...args] = command as [string, ...string[]];
    const line = command.join(" ");
    context.log.info(`$ ${line}`);
    const result = await context.exec({
      command: program,
      args,
      cwd: at === "" ? context.repo.root : `${context.repo.root}/${at}`,
      timeoutMs: given["timeout-seconds"] * 1_000,
      signal: context.signal,
    });
    const stdout = result.stdout.toString("utf8").slice(-shownBytes);
    const stderr = result.stderr.toString("utf8").slice(-shownBytes);
    for (const text of [stdout, stderr]) if (text.trim() !== "") context.log.info(text.trimEnd());
    if (result.timedOut) throw new StepFailed(`${line} did not end within ${given["timeout-seconds"]} s`, { stdout });
    if (result.exitCode !== 0) {
      throw new StepFailed(`${line} ended with ${result.exitCode}`, { "exit-code": result.exitCode, stdout });
    }
    return { "exit-code": 0, stdout, command: line };
  },
});

async function findScript(
  read: (path: string) => Promise<string | undefined>,
  at: string,
  script: string,
  args: readonly string[],
): Promise<readonly string[] | undefined> {
  const manifest = await read(`${at}package.json`);
  if (manifest !== undefined) {
    let scripts: unknown;
    try {
      scripts = (JSON.parse(manifest) as { scripts?: unknown }).scripts;
    } catch (error) {
      throw new StepFailed(`${at}package.json is no JSON: ${(error as Error).message}`);
    }
    if (typeof scripts === "object" && scripts !== null && Object.hasOwn(scripts, script)) {
      for (const { lockfile, command } of runners) {
        const there = (await read(`${at}${lockfile}`)) ?? (at === "" ? undefined : await read(lockfile));
        if (there !== undefined) return withArguments(command, script, args);
      }
      return withArguments("npm", script, args);
    }
  }
  const makefile = (await read(`${at}Makefile`)) ?? (await read(`${at}GNUmakefile`)) ?? (await read(`${at}makefile`));
  const target = new RegExp(`^${escaped(script)}\\s*:(?!=)`, "m");
  if (makefile !== undefined && target.test(makefile)) return ["make", script, ...args];
  const justfile = (await read(`${at}justfile`)) ?? (await read(`${at}Justfile`));
  const recipe = new RegExp(`^@?${escaped(script)}(?:\\s[^:=]*)?:(?!=)`, "m");
  return justfile !== undefined && recipe.test(justfile) ? ["just", script, ...args] : undefined;
}

/** npm takes `--` for itself; the others hand everything on. */
function withArguments(command: string, script: string, args: readonly string[]): readonly string[] {
  return command === "npm" && args.length > 0
    ? [command, "run", script, "--", ...args]
    : [command, "run", script, ...args];
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** Starts the applier in a session of its own and hears how it ended. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Failure } from "../../model/failure.ts";
import type { Outcome } from "./plan.ts";

/** Beside this file in the sources; an entry of its own, `dist/applier.js`, in the bundle. */
const applier = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./applier.ts" : "./applier.js", import.meta.url),
);

export async function startApplier(
  journal: string,
  mode: "apply" | "recover",
  env: Readonly<Record<string, string | undefined>>,
): Promise<Outcome> {
  const child = spawn(process.execPath, [applier, journal, mode], {
    // Not below the working tree, and a folder that stays.
    cwd: "/",
    // Its own session: a killed process group or a closed terminal does not reach it.
    detached: true,
    windowsHide: true,
    stdio: ["ignore", "pipe", "ignore"],
    // NODE_OPTIONS may load anything; this must start fast and do one thing.
    env: { ...env, NODE_OPTIONS: undefined } as NodeJS.ProcessEnv,
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? (signal === null ? -1 : -2)));
  });
  const text = Buffer.concat(chunks).toString();
  if (exitCode === 0 && text !== "") return JSON.parse(text) as Outcome;
  throw new Failure("CF257", "writing the fixes was interrupted", {
    why: `the process that applies them ended ${exitCode === -2 ? "by a signal" : `with code ${exitCode}`}`,
    next: "run codeflow again: it finishes or discards what was begun",
    exitCode: 3,
  });
}

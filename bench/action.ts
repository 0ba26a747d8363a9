/** What the GitHub Action costs before it checks anything, on a simulated runner: `node bench/action.ts`. Needs the npm registry. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkoutOfAction, runAction } from "../test/ci/composite.ts";

const machine = mkdtempSync(join(tmpdir(), "codeflow-runner-"));
const action = join(machine, "actions");
const workspace = join(machine, "workspace");
mkdirSync(action);
mkdirSync(workspace);
checkoutOfAction(action);
writeFileSync(join(workspace, "a.py"), "x = 1\n");
const git = (...args: string[]): unknown => execFileSync("git", args, { cwd: workspace });
git("init", "-q");
git("add", "-A");
git("-c", "user.name=a", "-c", "user.email=a@example.invalid", "commit", "-qm", "Begin");
const event = join(machine, "event.json");
writeFileSync(event, "{}");
const authorities = process.env["NODE_EXTRA_CA_CERTS"];
// Where packages come from is the machine's affair; everything else of npm's is as on a fresh runner.
const registry = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim();

async function job(name: string, forget: readonly string[]): Promise<void> {
  for (const folder of forget) rmSync(join(machine, folder), { recursive: true, force: true });
  const { times, exitCode, log } = await runAction({
    action,
    machine,
    workspace,
    inputs: { annotations: "false" },
    token: "none",
    env: {
      GITHUB_EVENT_NAME: "schedule",
      GITHUB_EVENT_PATH: event,
      GITHUB_REPOSITORY: "ada/shop",
      GITHUB_RUN_ID: name.replaceAll(" ", "-"),
      npm_config_registry: registry,
      ...(authorities === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities }),
    },
  });
  if (exitCode !== 0) throw new Error(log);
  const { run = 0, ...before } = times;
  const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
  const start = Object.values(before).reduce((sum, each) => sum + each, 0);
  process.stdout.write(`${name}: ${seconds(start)} before the check (the check itself ${seconds(run)})\n`);
}

await job("nothing there", []);
await job("program in GitHub's cache", ["tools", "home"]);
await job("program on the machine", []);
rmSync(machine, { recursive: true, force: true, maxRetries: 3 });

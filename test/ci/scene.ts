/** What the tests of the action share: a GitHub, a pull request on it, and a machine that runs the action from a clean checkout. */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { createGithubServer, type EventSeed, type GithubServer, type SeededRepository } from "../github/index.ts";
import { type ActionResult, checkoutOfAction, project, runAction } from "./composite.ts";

const run = promisify(execFile);

export interface Machine {
  readonly folder: string;
  readonly action: string;
}

/** `atEnd`: when it goes, for one that several tests use. */
export function makeMachine(atEnd: (cleanUp: () => void) => void = onTestFinished): Machine {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "codeflow-runner-")));
  atEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const action = join(folder, "actions");
  mkdirSync(action);
  checkoutOfAction(action);
  return { folder, action };
}

/** The state of an earlier job: installed under the key of these sources. */
export function installProgram(machine: Machine): void {
  const key = execFileSync(
    "bash",
    [
      "-c",
      "find action.yml bin build.ts package.json package-lock.json schemas src workflows -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-20",
    ],
    { cwd: machine.action, encoding: "utf8" },
  ).trim();
  const folder = join(machine.folder, "tools", "codeflow", key);
  mkdirSync(folder, { recursive: true });
  for (const name of ["bin", "dist", "schemas", "workflows"])
    cpSync(join(project, name), join(folder, name), { recursive: true });
  cpSync(join(project, "package.json"), join(folder, "package.json"));
  symlinkSync(realpathSync(join(project, "node_modules")), join(folder, "node_modules"));
}

export interface JobRequest {
  readonly event: EventSeed;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly token?: string;
  /** What actions/checkout would fetch; the head of the pull request unless said. */
  readonly ref?: string;
  readonly depth?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly eventName?: string;
  /** What the event's file says beside. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

export interface JobResult extends ActionResult {
  readonly workspace: string;
}

/** One job: checkout, then the action. */
export async function runJob(
  github: GithubServer,
  repository: SeededRepository,
  machine: Machine,
  request: JobRequest,
): Promise<JobResult> {
  const { event } = request.event;
  const workspace = mkdtempSync(join(machine.folder, "workspace-"));
  const seeded = github.eventPayload(repository, request.event) as unknown as Record<string, unknown>;
  const payload = { ...seeded, ...request.payload };
  const pull = payload["pull_request"] as
    | { number: number; head: { sha: string; ref: string }; base: { ref: string } }
    | undefined;
  const token = request.token ?? github.installationToken(repository.fullName);
  const ref = request.ref ?? (pull === undefined ? "refs/heads/main" : `refs/pull/${pull.number}/head`);
  // Never synchronously: the server that git asks lives in this process.
  const git = async (...args: string[]): Promise<string> => (await run("git", args, { cwd: workspace })).stdout;
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  await git("init", "-q");
  await git("remote", "add", "origin", `${github.url}/${repository.fullName}.git`);
  await git("config", `http.${github.url}/.extraheader`, `AUTHORIZATION: basic ${basic}`);
  await git(
    "fetch",
    "-q",
    "--no-tags",
    ...(request.depth === 0 ? [] : [`--depth=${request.depth ?? 1}`]),
    "origin",
    ref,
  );
  await git("checkout", "-q", "--detach", "FETCH_HEAD");
  const eventPath = join(machine.folder, `event-${Date.now()}-${Math.random()}.json`);
  writeFileSync(eventPath, JSON.stringify(payload));
  const result = await runAction({
    action: machine.action,
    machine: machine.folder,
    workspace,
    inputs: request.inputs ?? {},
    token,
    env: {
      GITHUB_EVENT_NAME: request.eventName ?? request.event.event,
      GITHUB_EVENT_PATH: eventPath,
      GITHUB_REPOSITORY: repository.fullName,
      // Of a comment it is the default branch's, whatever was checked out.
      GITHUB_SHA: event.includes("comment") ? repository.sha("main") : (await git("rev-parse", "HEAD")).trim(),
      GITHUB_API_URL: github.apiUrl,
      GITHUB_SERVER_URL: github.url,
      GITHUB_RUN_ID: "77",
      ...(pull === undefined ? {} : { GITHUB_BASE_REF: pull.base.ref, GITHUB_HEAD_REF: pull.head.ref }),
      GIT_CONFIG_NOSYSTEM: "1",
      ...request.env,
    },
  });
  return { ...result, workspace };
}

export async function startGithub(): Promise<GithubServer> {
  const github = await createGithubServer();
  onTestFinished(() => github.close());
  return github;
}

/** `ada/shop`, and a branch that adds what the bundled analyzers find. */
export const shop = {
  "README.md": "# Shop\n",
  "src/price.py": "def price(amount):\n    return amount * 2\n",
} as const;

export const flawed = {
  "src/price.py": "import os\n\n\ndef price(amount):\n    return amount * 2\n",
  "src/cart.py": "def add(item, cart=[]):\n    cart.append(item)\n    return totl\n",
} as const;

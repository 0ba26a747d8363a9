/** The world of an action's case: a real checkout, git, programs and a loopback server; hosts and people in memory. */
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { checkAfresh, type FreshCheck } from "../../src/app/check-afresh.ts";
import { detect } from "../../src/app/detect.ts";
import { readCommandPolicy } from "../../src/app/command-policy.ts";
import { publisherPort } from "../../src/app/publish-check.ts";
import { renderRun } from "../../src/app/reports.ts";
import type { World } from "../../src/app/world.ts";
import type { ActionBase, ActionNeed, ActionPorts, CheckPort, PullRequestPort } from "../../src/model/action.ts";
import { StepFailed } from "../../src/model/action.ts";
import type { CheckRun } from "../../src/model/check-run.ts";
import type { TriggerEvent } from "../../src/model/event.ts";
import { Failure } from "../../src/model/failure.ts";
import type { HistoryStore } from "../../src/model/store.ts";
import type { Clock, Http } from "../../src/model/system.ts";
import { openRepository } from "../../src/project/repository.ts";
import { openHistory } from "../../src/store/history.ts";
import { createExec } from "../../src/system/exec.ts";
import { exampleFinding, exampleRun } from "../contract/example-run.ts";
import { createFakeCodeHost, type FakeCodeHost } from "../contract/fakes/code-host.ts";
import type { CodeHostSeed } from "../contract/fakes/host-state.ts";
import { createFakeNotifier, type FakeNotifier, type NotifierSeed } from "../contract/fakes/notifier.ts";
import { createFakeTracker, type FakeTracker, type TrackerSeed } from "../contract/fakes/tracker.ts";
import type { ActionCase } from "./case.ts";
import { CaseCheckout } from "./checkout.ts";

export class CaseWorld {
  readonly given: ActionCase;
  readonly checkout: CaseCheckout;
  readonly log: string[] = [];
  readonly requests: string[] = [];
  readonly calls: unknown[] = [];
  summary = "";
  #host: FakeCodeHost | undefined;
  #tracker: FakeTracker | undefined;
  #notifier: FakeNotifier | undefined;
  readonly #folder: string;
  readonly #env: Record<string, string>;
  #server: Server | undefined;
  #url = "";
  #history: HistoryStore | undefined;

  private constructor(given: ActionCase) {
    this.given = given;
    this.#folder = realpathSync(mkdtempSync(join(tmpdir(), "codeflow-action-")));
    const programs = join(this.#folder, "bin");
    mkdirSync(join(this.#folder, "home"));
    mkdirSync(programs);
    for (const [name, script] of Object.entries(given.executables)) {
      writeFileSync(join(programs, name), script);
      chmodSync(join(programs, name), 0o755);
    }
    this.#env = {
      PATH: `${programs}${delimiter}${process.env["PATH"] ?? ""}`,
      HOME: join(this.#folder, "home"),
      // This machine's own settings of git are no part of a case.
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      LC_ALL: "C",
    };
    this.checkout = new CaseCheckout(join(this.#folder, "checkout"), this.#env);
  }

  static async open(given: ActionCase): Promise<CaseWorld> {
    const world = new CaseWorld(given);
    world.checkout.build(given, join(world.#folder, "origin.git"));
    if (Object.keys(given.http).length > 0) await world.#listen();
    // Names of commits mean what they mean now, not after the action moved a branch.
    world.filled(given.expect);
    return world;
  }

  async close(): Promise<void> {
    await this.#history?.close();
    this.#server?.closeAllConnections();
    this.#server?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  readonly #shas = new Map<string, string>();

  /** `$HTTP`, `$ROOT` and `$SHA(rev)` in all strings, keys included. A name of git means what it meant at first. */
  filled(value: unknown): unknown {
    if (typeof value === "string") {
      return value
        .replaceAll("$HTTP", this.#url)
        .replaceAll("$ROOT", this.checkout.root)
        .replace(/\$SHA\(([^)]+)\)/g, (_all, name: string) => this.#sha(name));
    }
    if (Array.isArray(value)) return value.map((one) => this.filled(one));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [this.filled(key), this.filled(one)]));
  }

  #sha(name: string): string {
    const sha = this.#shas.get(name) ?? this.checkout.commit(name);
    this.#shas.set(name, sha);
    return sha;
  }

  // Made when first asked for: most actions speak to none of them.
  get host(): FakeCodeHost {
    const seed = (): unknown => this.filled({ ...this.checkout.seed(), ...this.given.host });
    return (this.#host ??= this.#knowingPushes(createFakeCodeHost(seed() as CodeHostSeed, this.given.now)));
  }

  /** Before it is asked to propose a branch, the host has seen what was pushed to the case's `origin`. */
  #knowingPushes(host: FakeCodeHost): FakeCodeHost {
    if (!this.given.remote) return host;
    const propose = host.ensurePullRequest.bind(host);
    host.ensurePullRequest = async (draft) => {
      for (const commit of this.checkout.history()) host.world.history.add(commit);
      Object.assign(host.state.branches, this.checkout.pushed());
      return propose(draft);
    };
    return host;
  }

  get tracker(): FakeTracker {
    return (this.#tracker ??= createFakeTracker(this.filled(this.given.tracker) as TrackerSeed, this.given.now));
  }
  get notifier(): FakeNotifier {
    return (this.#notifier ??= createFakeNotifier(this.filled(this.given.notifier) as NotifierSeed));
  }

  async context(id: string, needs: readonly ActionNeed[]): Promise<ActionBase & Partial<ActionPorts>> {
    const event = this.filled({ payload: {}, ...this.given.event }) as TriggerEvent;
    const exec = createExec({ ...this.#env, ...this.given.env });
    const record = (level: string) => (message: string) => void this.log.push(`${level} ${message}`);
    const base: ActionBase = {
      step: { runId: "run-1", workflow: "case", id: "step", attempt: 1, key: `case/${id}` },
      event,
      env: this.given.env,
      exec,
      clock: this.#clock,
      signal: AbortSignal.timeout(100_000),
      log: { info: record("info"), warn: record("warn"), error: record("error") },
      summarize: (markdown) => {
        this.summary += this.summary === "" ? markdown : `\n\n${markdown}`;
      },
    };
    return { ...base, ...(await this.ports(needs, event)) };
  }

  async ports(needs: readonly ActionNeed[], event: TriggerEvent): Promise<Partial<ActionPorts>> {
    const ports: Record<string, unknown> = {};
    for (const need of needs) ports[need] = await this.#port(need, event);
    return ports;
  }

  /** What a workflow's run is given of the machine. */
  get machine(): World {
    return this.#world;
  }

  get #clock(): Clock {
    return { now: () => new Date(this.given.now), monotonic: () => performance.now() };
  }

  get #world(): World {
    return {
      cwd: this.checkout.root,
      env: this.#env,
      exec: createExec(this.#env),
      clock: this.#clock,
      log: { warn: () => undefined, info: () => undefined, debug: () => undefined },
      cores: 2,
      signal: AbortSignal.timeout(100_000),
    };
  }

  #repository(): Promise<ActionPorts["repo"]> {
    const { change } = this.given;
    const request = { root: this.checkout.root, exec: createExec(this.#env), env: this.#env };
    return openRepository({ ...request, ...(change === undefined ? {} : { base: change.base, head: change.head }) });
  }

  async #port(need: ActionNeed, event: TriggerEvent): Promise<unknown> {
    switch (need) {
      case "repo":
        return this.#repository();
      case "host":
        return this.host;
      case "pullRequest":
        return this.#pullRequest(event);
      case "tracker":
        return this.tracker;
      case "notifier":
        return this.notifier;
      case "check":
        return this.#check;
      case "history":
        return (this.#history ??= await this.#openHistory());
      case "http":
        return http;
      case "commands":
        return {
          policy: async () => readCommandPolicy(this.host, (await this.host.repository()).defaultBranch),
        } satisfies ActionPorts["commands"];
      case "publisher": {
        const pullRequest = this.#pullRequest(event);
        const [{ head }, change] = [await pullRequest.get(), await pullRequest.change()];
        const { number } = pullRequest;
        const request = { host: this.host, pullRequest: number, change, sha: head.sha };
        return publisherPort(request, (run) => this.#projects.get(run as CheckRun), this.#world);
      }
      case "platforms":
        return { detect: () => detect(this.#world) } satisfies ActionPorts["platforms"];
      case "workflows":
        return {
          call: async (workflow: string, inputs: unknown) => {
            const called = this.given.workflows[workflow];
            if (called === undefined) throw new Failure("CF600", `there is no workflow ${workflow}`);
            this.calls.push({ workflow, inputs });
            if (called.fails !== undefined) throw new StepFailed(called.fails, called.outputs);
            return { runId: `called-${this.calls.length}`, outputs: called.outputs };
          },
        } satisfies ActionPorts["workflows"];
    }
  }

  async #openHistory(): Promise<HistoryStore> {
    const history = await openHistory(join(this.#folder, "history.db"), this.#world);
    for (const { at, branch, verdict, errors, warnings, metrics, findings, ...counts } of this.given.history) {
      const run = exampleRun({ at, branch, metrics, findings: findings.map((name) => exampleFinding(name)) });
      const summary = { ...run.summary, ...counts, bySeverity: { error: errors, warning: warnings, info: 0 } };
      const recorded = { ...run, summary, verdict: { ...run.verdict, status: verdict } };
      await history.recordRun(recorded, { isWhole: true, covers: () => true });
    }
    return history;
  }

  #pullRequest(event: TriggerEvent): PullRequestPort {
    const { host } = this;
    const number = event.pullRequest?.number;
    if (number === undefined) throw new Error("the action needs pullRequest: its case wants `event.pullRequest`");
    const get = async () => {
      const pull = await host.pullRequest(number);
      if (pull === undefined) throw new Failure("CF703", `pull request #${number} is not there`);
      return pull;
    };
    return { number, get, change: async () => (await this.#repository()).change() };
  }

  /** `codeflow check`, as the command line runs it. */
  readonly #check: CheckPort = {
    run: async (request) => {
      const scope =
        request.scope === "changed"
          ? ({ kind: "changed", base: request.base ?? this.given.change?.base } as const)
          : ({ kind: request.scope ?? "all" } as const);
      const project = await checkAfresh(
        {
          paths: request.paths ?? [],
          scope,
          profile: request.profile,
          only: request.only ?? [],
          skip: request.skip ?? [],
          noExec: request.noExec ?? false,
          noCache: true,
          imports: request.imports ?? [],
          reports: [],
          baseline: undefined,
          gate: request.gate ?? [],
          ...(request.fix === undefined
            ? {}
            : {
                fix: {
                  level: request.fix,
                  dryRun: false,
                  ...(request.fixRules === undefined ? {} : { rules: request.fixRules }),
                },
              }),
        },
        this.#world,
        "0.0.0",
      );
      this.#projects.set(project.run, project);
      return {
        run: project.run,
        exitCode: project.exitCode,
        fixedFiles: project.fix?.written.map(({ path }) => path) ?? [],
      };
    },
    render: async (run, format, { limit } = {}) => {
      const project = this.#projects.get(run);
      if (project === undefined) throw new Error("this run was not made here");
      const how = { color: false, width: 100, links: false, verbose: false, limit };
      return renderRun(format, project, how);
    },
  };
  readonly #projects = new Map<CheckRun, FreshCheck>();

  #listen(): Promise<void> {
    const answers = this.given.http;
    this.#server = createServer((request, response) => {
      const name = `${request.method ?? ""} ${request.url ?? ""}`;
      this.requests.push(name);
      const answer = answers[name] ?? answers[name.replace(/\?.*$/, "")];
      response.writeHead(answer?.status ?? 404, answer?.headers);
      const text = answer?.json === undefined ? (answer?.body ?? "") : JSON.stringify(this.filled(answer.json));
      request.resume().once("end", () => response.end(text));
    });
    return new Promise((resolve) => {
      this.#server?.listen(0, "127.0.0.1", () => {
        const address = this.#server?.address();
        this.#url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
        resolve();
      });
    });
  }
}

/** Real requests, without the retries: what an action does about an answer is what its case is about. */
const http: Http = async ({ url, method = "GET", headers = {}, body }) => {
  const sent = body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) };
  let response: Response;
  try {
    response = await fetch(url, { method, headers: { ...headers }, redirect: "manual", ...sent });
  } catch (error) {
    throw new Failure("CF110", `cannot reach ${new URL(url).host}`, { why: (error as Error).message, exitCode: 3 });
  }
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  };
};

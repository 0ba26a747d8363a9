/** A publisher that is killed at any moment and repeated leaves the pull request that an unbroken one leaves. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { publishRun } from "../../src/app/publish-run.ts";
import { createGithubHost } from "../../src/integrations/github/index.ts";
import type { CodeHost } from "../../src/model/code-host.ts";
import { quickOptions } from "../contract/github-stage.ts";
import { createGithubServer } from "../github/index.ts";
import { type Assignment, lines, pageOf, requestOf, runWith } from "./publish-scene.ts";

const kills = 100;
const atOnce = 4;
/** Another one each time; set it to see a run again. */
const seed = Number(process.env["CODEFLOW_KILL_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** Each by a part of its time, from 0 to 1. */
type Moment =
  /** Of the whole of publishing, whatever goes on then. */
  | { readonly kind: "any time"; readonly part: number }
  /** After a request was answered, before the next one is sent. */
  | { readonly kind: "between"; readonly request: number; readonly part: number }
  /** While the host works on a request that it will carry out, whoever still listens. */
  | { readonly kind: "working"; readonly request: number; readonly part: number }
  /** The host has done it; whether the answer is read is a matter of microseconds. */
  | { readonly kind: "answered"; readonly request: number; readonly part: number };

const kinds = ["any time", "between", "working", "answered"] as const;
/** Milliseconds: how long the host works, and what lies between two requests at most. */
const spans = { working: 40, between: 6, answered: 1 } as const;

it(`kill -9 at ${kills} random moments, seed ${seed}`, { timeout: 600_000 }, async () => {
  const random = randomFrom(seed);
  const unbroken = await publishUnbroken();
  const moment = (): Moment => {
    const kind = kinds[Math.floor(random() * kinds.length)] ?? "any time";
    return { kind, request: 1 + Math.floor(random() * unbroken.requests), part: random() };
  };
  // One in ten is killed, killed again when it is repeated, and left in peace the third time.
  const queue: Moment[][] = [];
  for (let left = kills; left > 0; left -= queue.at(-1)?.length ?? 1)
    queue.push(left > 1 && random() < 0.1 ? [moment(), moment()] : [moment()]);
  const met = new Map<string, number>();
  const progress = new Set<number>();
  const work = async (): Promise<void> => {
    // A GitHub of its own: every request that arrives is this child's.
    const place = await open();
    for (let moments = queue.shift(); moments !== undefined; moments = queue.shift()) {
      const { pull, after } = await prepare(place, queue.length);
      for (const each of moments) {
        const { wasKilled, requests } = await publishAndKill(place, after, each, unbroken.milliseconds);
        if (!wasKilled) continue;
        met.set(each.kind, (met.get(each.kind) ?? 0) + 1);
        progress.add(requests);
      }
      await publishRun(requestOf(place.host(), after));
      expect(pageOf(pull.view()), `seed ${seed}, killed at ${JSON.stringify(moments)}`).toEqual(unbroken.page);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  // At the very last moment the child may have ended by itself; every kind of moment was met, all along the way.
  expect([...met.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(kills * 0.85);
  expect([...met.keys()].sort()).toEqual([...kinds].sort());
  expect(progress.size).toBeGreaterThan(unbroken.requests / 2);
});

/** Mulberry32. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function open() {
  const github = await createGithubServer();
  onTestFinished(() => github.close());
  const repository = github.addRepository({ owner: "octo", name: "demo", files: { "a.ts": lines(200) } });
  const token = github.installationToken("octo/demo");
  const host = (): CodeHost => createGithubHost(quickOptions(github, "octo/demo", token));
  return { github, repository, token, host };
}
type Place = Awaited<ReturnType<typeof open>>;

/** A pull request of its own with an older push published, and what is to be published now. */
async function prepare({ github, repository, token, host }: Place, index: number) {
  const branch = `topic-${index}`;
  const files = { "a.ts": lines(200, { 20: "20", 100: "100" }), "new.ts": lines(90) };
  repository.commit({ branch, files, message: `First of ${branch}` });
  const pull = repository.openPull({ head: branch, as: "ada" });
  const assign = async (places: readonly (readonly [string, number])[]): Promise<Assignment> => {
    const sha = pull.headSha();
    const { files: changed } = await host().changedFiles(pull.number);
    const change = { base: pull.baseSha(), head: sha, files: changed, gaps: [] };
    const run = runWith(places, sha);
    return { baseUrl: github.apiUrl, token, slug: "octo/demo", pullRequest: pull.number, sha, run, change };
  };
  // One of these is fixed by the next push, one is answered by a person and fixed, one stays.
  const before = await assign([
    ["a.ts", 20],
    ["new.ts", 1],
    ["new.ts", 3],
  ]);
  await publishRun(requestOf(host(), before));
  const answered = pull.view().threads.find(({ path, line }) => path === "new.ts" && line === 3);
  pull.reply("ada", answered?.comments[0]?.id ?? 0, "Is that so?");
  repository.commit({ branch, files: { "more.ts": lines(90) }, message: `Second of ${branch}` });
  const many = Array.from({ length: 60 }, (_, line): [string, number] => ["more.ts", line + 1]);
  const after = await assign([["new.ts", 1], ["a.ts", 100], ["a.ts", 150], ["a.ts", 60], ...many]);
  return { pull, after };
}

/** The page that is to be, how many requests it takes, and how long they take. */
async function publishUnbroken() {
  const place = await open();
  const { pull, after } = await prepare(place, 1_000);
  place.github.requests.clear();
  let [first, last] = [0, 0];
  const stop = place.github.requests.watch(() => {
    last = performance.now();
    if (first === 0) first = last;
  });
  const { ended } = start(after);
  expect(await ended).toEqual({ code: 0, signal: null });
  stop();
  const page = pageOf(pull.view());
  // All that a publisher does is among it.
  expect(page).toMatchObject({ threads: { length: 12 }, comments: { length: 1 }, checks: { length: 1 } });
  return { page, requests: place.github.requests.count(), milliseconds: last - first };
}

const cache = mkdtempSync(join(tmpdir(), "codeflow-kill-"));
afterAll(() => rmSync(cache, { recursive: true, force: true, maxRetries: 3 }));

function start(assignment: Assignment) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "publish-child.ts")], {
    stdio: ["pipe", "ignore", "inherit"],
    // A hundred times the same modules.
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal })),
  );
  child.stdin.end(JSON.stringify(assignment));
  return { child, ended };
}

async function publishAndKill({ github }: Place, assignment: Assignment, moment: Moment, milliseconds: number) {
  const slow =
    moment.kind === "working"
      ? github.faults.add({ nth: moment.request }, { kind: "slow", milliseconds: spans.working })
      : undefined;
  const { child, ended } = start(assignment);
  let [arrived, done] = [0, 0];
  let timer: NodeJS.Timeout | undefined;
  let answered: (() => void) | undefined;
  const killIn = (delay: number): void => {
    timer ??= setTimeout(() => child.kill("SIGKILL"), delay);
  };
  const stop = github.requests.watch((_request, phase) => {
    if (phase === "arrived") arrived += 1;
    else done += 1;
    if (moment.kind === "any time") {
      if (arrived === 1) killIn(moment.part * milliseconds);
    } else if (moment.kind === "working") {
      if (phase === "arrived" && arrived === moment.request) killIn(moment.part * spans.working);
    } else if (phase === "done" && done === moment.request) {
      // Nothing but the same turn of the loop is soon enough for the answer to be still on its way.
      if (moment.kind === "answered" && moment.part < 0.5) child.kill("SIGKILL");
      else killIn(moment.part * spans[moment.kind]);
    }
    if (done === arrived) answered?.();
  });
  const { signal } = await ended;
  clearTimeout(timer);
  // What the host has begun it ends, also for a client that is gone; a next run comes later than that.
  if (done < arrived) await new Promise<void>((resolve) => (answered = resolve));
  stop();
  slow?.remove();
  return { wasKilled: signal === "SIGKILL", requests: done };
}

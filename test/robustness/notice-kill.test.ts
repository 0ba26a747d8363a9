/** A process that tells people is killed at any moment and run again: Slack shows what an unbroken one leaves. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openSlack, readable, slackToken } from "../contract/slack-server.ts";
import type { NoticeAssignment } from "./notice-child.ts";

/** After an answer has left, the ledger is written: killed so many milliseconds behind it. */
const delays = [0, 2, 6];

/** A service as the killer sees it. */
interface Target {
  readonly assignment: Omit<NoticeAssignment, "folder">;
  watch(listener: (phase: "arrived" | "done" | "answered") => void): void;
  clear(): void;
}

/** Runs the child; kills it at the n-th step of the service, counted from 1. */
async function run(target: Target, folder: string, killAt?: { readonly step: number; readonly delay: number }) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "notice-child.ts")], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let steps = 0;
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => void (errors += chunk.toString()));
  target.watch(() => {
    steps += 1;
    if (steps !== killAt?.step) return;
    if (killAt.delay === 0) child.kill("SIGKILL");
    else setTimeout(() => child.kill("SIGKILL"), killAt.delay);
  });
  child.stdin.end(JSON.stringify({ ...target.assignment, folder } satisfies NoticeAssignment));
  const wasKilled = await new Promise<boolean>((resolve) => {
    child.on("close", (_code, signal) => resolve(signal === "SIGKILL"));
  });
  target.watch(() => undefined);
  return { steps, wasKilled, code: child.exitCode, errors };
}

/** Every step of an unbroken run, and every delay after an answer; `check` looks at what is left each time. */
async function killEverywhere(target: Target, check: (where: string) => void): Promise<number> {
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), "codeflow-notice-kill-"));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };
  const whole = await run(target, folder());
  expect(whole, whole.errors).toMatchObject({ code: 0, wasKilled: false });
  let killed = 0;
  for (let step = 1; step <= whole.steps; step++) {
    // Arrived, done, answered, in turns.
    for (const delay of step % 3 === 0 ? delays : [0]) {
      target.clear();
      const place = folder();
      if ((await run(target, place, { step, delay })).wasKilled) killed += 1;
      const again = await run(target, place);
      expect(again, again.errors).toMatchObject({ code: 0 });
      expect(again.errors).toBe("");
      check(`killed at step ${step}, ${delay} ms behind`);
    }
  }
  return killed;
}

it("Slack has each message once", { timeout: 300_000 }, async () => {
  const slack = await openSlack();
  onTestFinished(() => slack.close());
  const target: Target = {
    assignment: { kind: "slack", url: `${slack.url}/api`, token: slackToken },
    watch: (listener) => void (slack.watch = listener),
    clear: () => void (slack.messages.length = 0),
  };
  const killed = await killEverywhere(target, (where) => {
    const said = slack.messages.map((message) => readable(message).replace(/\W+/g, " ").trim());
    expect(said, where).toEqual(["The gate passed", "Something was found"]);
    expect(slack.messages[1]?.thread, where).toBe(slack.messages[0]?.ts);
  });
  // Behind the last answer it may have ended by itself.
  expect(killed).toBeGreaterThanOrEqual(12);
});

it("an incoming webhook has each message at least once", { timeout: 300_000 }, async () => {
  const slack = await openSlack();
  onTestFinished(() => slack.close());
  const target: Target = {
    assignment: { kind: "incoming", url: `${slack.url}/services/T0/B0/secret`, token: "" },
    watch: (listener) => void (slack.watch = listener),
    clear: () => void (slack.messages.length = 0),
  };
  const killed = await killEverywhere(target, (where) => {
    const said = slack.messages.map((message) => readable(message).replace(/\W+/g, " ").trim());
    expect(new Set(said), where).toEqual(new Set(["The gate failed", "Something was found"]));
    // One kill can make one of them come twice.
    expect(said.length, where).toBeLessThanOrEqual(3);
  });
  expect(killed).toBeGreaterThanOrEqual(6);
});

it("a receiver that heeds delivery ids acts on each message once", { timeout: 300_000 }, async () => {
  const acted = new Map<string, string>();
  let watch: (phase: "arrived" | "done" | "answered") => void = () => undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    watch("arrived");
    response.on("finish", () => watch("answered"));
    const id = String(request.headers["x-codeflow-delivery"]);
    const isKnown = acted.has(id);
    if (!isKnown) acted.set(id, (JSON.parse(Buffer.concat(chunks).toString()) as { title: string }).title);
    watch("done");
    response.writeHead(isKnown ? 409 : 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  const target: Target = {
    assignment: { kind: "webhook", url, token: "a shared secret" },
    watch: (listener) => void (watch = listener),
    clear: () => acted.clear(),
  };
  const killed = await killEverywhere(target, (where) => {
    expect([...acted.values()], where).toEqual(["The gate failed", "Something was found"]);
  });
  expect(killed).toBeGreaterThanOrEqual(6);
});

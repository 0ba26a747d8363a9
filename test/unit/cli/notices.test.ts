/** `codeflow notices` over a receiver that fails and recovers: run by a workflow, listed, sent again, forgotten. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { temporaryRepository } from "../app/temporary-repository.ts";
import { runCodeflow } from "./run-codeflow.ts";

const secret = "a shared secret";

/** `refuse`: the status to answer with; taken when empty. */
async function stage(notices = "") {
  const refuse: number[] = [];
  const taken: { title: string; id: string; at: number }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const [, time = "", signature] = /^t=(\d+),v1=(\w+)$/.exec(String(request.headers["x-codeflow-signature"])) ?? [];
    const isSigned = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex") === signature;
    const status = refuse.shift() ?? (isSigned ? 204 : 401);
    const id = String(request.headers["x-codeflow-delivery"]);
    if (status === 204) taken.push({ ...(JSON.parse(body) as { title: string }), id, at: Date.now() });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  const repository = temporaryRepository({
    "codeflow.yml": `notices:\n  webhooks:\n    deployments: { url: "${url}", secret: DEPLOY_SECRET }\n${notices}`,
    ".codeflow/workflows/tell.yml": [
      "name: Tell",
      "on: { manual: }",
      "inputs:",
      "  title: { description: What, type: string, default: Deployed }",
      "  about: { description: Key, type: string, default: release }",
      "  severity: { description: How bad, type: string, default: info }",
      "steps:",
      "  - uses: notify.webhook",
      "    with: { title: '${{ inputs.title }}', severity: '${{ inputs.severity }}', key: '${{ inputs.about }}' }",
      "",
    ].join("\n"),
  });
  repository.write(
    ".codeflow/workflows/silent.yml",
    [
      "name: Silent",
      "on: { manual: }",
      "steps:",
      "  - { id: look, run: 'true' }",
      "  - uses: notify.webhook",
      "    if: ${{ steps.look.outputs.found == 'yes' }}",
      "    with: { title: Nothing }",
      "",
    ].join("\n"),
  );
  repository.git("add", ".");
  repository.git("commit", "-qm", "Begin");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    repository.remove();
  });
  const env = { ...repository.world.env, DEPLOY_SECRET: secret };
  const codeflow = (...argv: readonly string[]) => runCodeflow(repository.root, env, argv);
  return { refuse, taken, codeflow, repository };
}

it(
  "lists what failed, sends it again with backoff once the receiver recovers, and forgets it then",
  { timeout: 60_000 },
  async () => {
    const { refuse, taken, codeflow } = await stage();
    expect(await codeflow("notices", "list")).toMatchObject({
      code: 0,
      out: expect.stringContaining("nothing is kept"),
    });
    refuse.push(410);
    expect((await codeflow("run", "tell")).code).toBe(1);
    const listed = await codeflow("notices", "list", "--json");
    const [kept] = JSON.parse(listed.out) as [{ id: string }];
    expect(kept).toMatchObject({
      state: "failed",
      channel: "webhook",
      target: "deployments",
      key: "release",
      title: "Deployed",
      attempts: 1,
      reason: expect.stringContaining("status 410"),
    });
    expect((await codeflow("notices", "list")).out).toMatch(/failed +webhook deployments +Deployed +1 /);

    refuse.push(410);
    const again = await codeflow("notices", "retry", kept.id.slice(-8), "--json");
    expect(again.code).toBe(3);
    expect(JSON.parse(again.out)).toMatchObject([{ id: kept.id, outcome: "failed" }]);
    expect(JSON.parse((await codeflow("notices", "list", "--json")).out)).toMatchObject([{ id: kept.id, attempts: 2 }]);

    refuse.push(503);
    const began = Date.now();
    const third = await codeflow("notices", "retry");
    expect(third).toMatchObject({ code: 0, out: expect.stringMatching(/^sent +\w{8} +webhook deployments +Deployed/) });
    // The receiver was not ready at once.
    expect(Date.now() - began).toBeGreaterThanOrEqual(900);
    expect(taken.map(({ title }) => title)).toEqual(["Deployed"]);
    expect(await codeflow("notices", "retry")).toMatchObject({ code: 0, out: "nothing failed\n" });
    expect(JSON.parse((await codeflow("notices", "list", "--json")).out)).toEqual([]);
    // The ledger knows that it stands there.
    expect((await codeflow("run", "tell")).code).toBe(0);
    expect(taken).toHaveLength(1);
  },
);

it("holds what quiet hours hold, and flushes it when they are over or a run ends", { timeout: 60_000 }, async () => {
  // Every day is quiet: whatever the hour of this test.
  const days = "days: [mon, tue, wed, thu, fri, sat, sun]";
  const quiet = `  quiet-hours: { from: "00:00", to: "00:01", ${days}, except: [error] }\n`;
  const { taken, codeflow, repository } = await stage(quiet);
  for (const title of ["One", "Two"]) expect((await codeflow("run", "tell", "--input", `title=${title}`)).code).toBe(0);
  expect(taken).toEqual([]);
  expect(await codeflow("notices", "flush")).toMatchObject({ code: 0, out: "1 notice still held\n" });
  expect(JSON.parse((await codeflow("notices", "list", "--json")).out)).toMatchObject([
    { state: "held", title: "Two" },
  ]);
  const [{ id }] = JSON.parse((await codeflow("notices", "list", "--json")).out) as [{ id: string }];
  expect(JSON.parse((await codeflow("notices", "retry", id, "--json")).out)).toMatchObject([{ outcome: "sent" }]);
  expect(taken.map(({ title }) => title)).toEqual(["Two"]);
  expect(await codeflow("notices", "flush")).toMatchObject({ code: 0, out: "nothing is held\n" });

  await codeflow("run", "tell", "--input", "title=Held", "--input", "about=other");
  await codeflow("run", "tell", "--input", "title=Overtaken");
  // Quiet hours are over.
  const config = readFileSync(join(repository.root, "codeflow.yml"), "utf8");
  repository.write("codeflow.yml", config.replace(quiet, ""));
  expect((await codeflow("run", "tell", "--input", "title=Three")).code).toBe(0);
  expect(taken.map(({ title }) => title)).toEqual(["Two", "Three", "Held"]);

  // A run that could tell something and has nothing to tell sends what was held all the same.
  repository.write("codeflow.yml", config);
  await codeflow("run", "tell", "--input", "title=Later", "--input", "about=late");
  repository.write("codeflow.yml", config.replace(quiet, ""));
  expect((await codeflow("run", "silent")).code).toBe(0);
  expect(taken.map(({ title }) => title)).toEqual(["Two", "Three", "Held", "Later"]);
  expect(JSON.parse((await codeflow("notices", "list", "--json")).out)).toEqual([]);
});

it("forgets what it is told to, and nothing else", { timeout: 60_000 }, async () => {
  const { refuse, codeflow } = await stage();
  refuse.push(410);
  await codeflow("run", "tell");
  expect(await codeflow("notices", "drop")).toMatchObject({ code: 2, err: expect.stringContaining("CF433") });
  expect(await codeflow("notices", "drop", "nothing-like-it")).toMatchObject({
    code: 2,
    err: expect.stringContaining("CF434"),
  });
  expect(await codeflow("notices", "drop", "--all")).toMatchObject({ code: 0, out: "1 notice forgotten\n" });
  expect(await codeflow("notices", "drop", "--all", "--json")).toMatchObject({ code: 0, out: "[]\n" });
});

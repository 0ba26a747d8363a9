/** Links both ways: comments on a pull request name the issues of their findings, as the ledger knows them. */
import { mkdirSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { openIssueLedger } from "../../../../src/app/compose.ts";
import { trackedFindings } from "../../../../src/app/issues/tracked-findings.ts";
import { findPlace } from "../../../../src/app/place.ts";
import { publishRun } from "../../../../src/app/publish-run.ts";
import { defaultConfig } from "../../../../src/config/defaults.ts";
import { createGithubHost } from "../../../../src/integrations/github/index.ts";
import type { LedgerEntry } from "../../../../src/model/issue-ledger.ts";
import { exampleFinding, exampleRun } from "../../../contract/example-run.ts";
import { quickOptions } from "../../../contract/github-stage.ts";
import { startGithub } from "../../../github/scene.ts";
import { lines, requestOf } from "../../../robustness/publish-scene.ts";
import { temporaryRepository } from "../temporary-repository.ts";

function entry(rule: string, id: string, state: LedgerEntry["state"] = "open"): LedgerEntry {
  return {
    tracker: "linear",
    project: "ENG",
    group: `findings/rule/${rule}`,
    externalId: id,
    url: `https://linear.app/acme/issue/${id}`,
    title: rule,
    state,
    category: "correctness",
    priority: "medium",
  };
}

it("names the issue in the finding's comment and in the summary, twice the same, and nothing where there is none", async () => {
  const repository = temporaryRepository({ "a.ts": "" });
  onTestFinished(() => repository.remove());
  const place = await findPlace(repository.world);
  const settings = { ...defaultConfig.issues, tracker: "linear" as const };
  expect(await trackedFindings(place, settings, repository.world)).toBeUndefined();

  const github = await startGithub();
  const hosted = github.addRepository({ owner: "ada", name: "shop", files: { "a.ts": lines(60) } });
  hosted.commit({ branch: "topic", files: { "a.ts": lines(60, { 10: "10", 20: "20" }) } });
  const pull = hosted.openPull({ head: "topic" });
  const host = createGithubHost(quickOptions(github, "ada/shop", github.installationToken("ada/shop")));
  const hunk = { oldStart: 1, oldLines: 60, newStart: 1, newLines: 60, lines: [] };
  const files = [
    { path: "a.ts", status: "modified", additions: 2, deletions: 2, isBinary: false, hunks: [hunk] } as const,
  ];
  const change = { base: pull.baseSha(), head: pull.headSha(), files, gaps: [] };
  const found = (name: string, rule: string, line: number, severity: "error" | "info") => ({
    ...exampleFinding(name, { path: "a.ts", line, severity }),
    rule,
  });
  const run = exampleRun({
    at: "2026-01-01T00:00:00.000Z",
    head: pull.headSha(),
    findings: [
      found("one", "ruff/A", 10, "error"),
      found("two", "ruff/B", 20, "error"),
      found("three", "ruff/C", 30, "info"),
    ],
  });
  const publish = async (): Promise<void> => {
    const issueOf = await trackedFindings(place, settings, repository.world);
    const request = requestOf(host, { pullRequest: pull.number, run, sha: pull.headSha(), change });
    await publishRun({ ...request, ...(issueOf === undefined ? {} : { issueOf }) });
  };
  const said = () => pull.view().threads.map(({ line, comments }) => [line, comments.map(({ body }) => body)] as const);

  await publish();
  const before = said();
  expect(JSON.stringify(before)).not.toContain("linear.app");

  mkdirSync(place.dataDirectory, { recursive: true });
  const ledger = await openIssueLedger(place.dataDirectory, repository.world);
  await ledger.put(entry("ruff/A", "ENG-7"));
  await ledger.put(entry("ruff/B", "ENG-8", "closed"));
  await ledger.put(entry("ruff/C", "ENG-9"));
  await ledger.put({ ...entry("ruff/B", "12"), tracker: "github", project: "ada/shop" });
  await ledger.close();
  await publish();
  const [first, second] = said();
  expect(first?.[1][0]).toContain("issue [ENG-7](<https://linear.app/acme/issue/ENG-7>)");
  expect(second).toEqual(before[1]);
  expect(said()).toHaveLength(2);
  expect(pull.view().comments[0]?.body).toContain("(issue [ENG-9](<https://linear.app/acme/issue/ENG-9>))");

  const page = JSON.stringify(pull.view());
  github.requests.clear();
  await publish();
  expect(JSON.stringify(pull.view())).toBe(page);
  expect(github.requests.writes()).toEqual([]);
});

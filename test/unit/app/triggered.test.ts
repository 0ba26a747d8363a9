/** A named workflow and an event that came by itself: its `on:` decides, path filters by what really changed. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { whyNotStarted } from "../../../src/app/workflows/triggered.ts";
import { temporaryRepository, type TemporaryRepository } from "./temporary-repository.ts";

let repository: TemporaryRepository;
let base = "";
let head = "";
beforeEach(() => {
  const workflow = (on: string) => `name: W\non:\n${on}steps:\n  - uses: flow.log\n    with: { message: hi }\n`;
  repository = temporaryRepository({
    "src/a.ts": "export const a = 1;\n",
    ".codeflow/workflows/fix.yml": workflow("  issue_comment:\n    commands: [fix]\n"),
    ".codeflow/workflows/docs.yml": workflow("  pull_request:\n    paths: [docs/**]\n  manual:\n"),
    ".codeflow/workflows/source.yml": workflow("  pull_request:\n    paths: ['src/**']\n    labels: [ready]\n"),
    ".codeflow/workflows/nightly.yml": workflow("  schedule:\n    - cron: '0 3 * * *'\n"),
  });
  repository.git("add", ".");
  repository.git("commit", "-qm", "base");
  base = repository.git("rev-parse", "HEAD").trim();
  repository.write("src/a.ts", "export const a = 2;\n");
  repository.git("commit", "-qam", "change");
  head = repository.git("rev-parse", "HEAD").trim();
});
afterEach(() => repository.remove());

async function ask(workflow: string, name: string, payload: unknown): Promise<readonly string[] | undefined> {
  repository.write("event.json", JSON.stringify(payload));
  return whyNotStarted({ workflow, inputs: {}, event: { file: "event.json", name } }, repository.world);
}

const comment = (body: string, type = "User") => ({
  action: "created",
  issue: { number: 1, pull_request: {} },
  comment: { id: 1, body, user: { login: "dev" }, author_association: "MEMBER" },
  sender: { login: type === "Bot" ? "robot[bot]" : "dev", type },
});
const pull = (labels: string[] = []) => ({
  action: "opened",
  number: 1,
  pull_request: {
    number: 1,
    base: { ref: "main", sha: base, repo: { id: 1 } },
    head: { ref: "topic", sha: head, repo: { id: 1 } },
    labels: labels.map((name) => ({ name })),
  },
});

it("obeys commands, and those of people only", async () => {
  expect(await ask("fix", "issue_comment", comment("/codeflow fix"))).toBeUndefined();
  expect(await ask("fix", "issue_comment", comment("thanks!"))).toEqual(["issue_comment: there is no command in it"]);
  expect(await ask("fix", "issue_comment", comment("/codeflow describe"))).toHaveLength(1);
  expect(await ask("fix", "issue_comment", comment("/codeflow fix", "Bot"))).toEqual([
    "issue_comment: commands of bots are not obeyed",
  ]);
});

it("asks the repository which paths changed, after everything else", async () => {
  expect(await ask("source", "pull_request", pull(["ready"]))).toBeUndefined();
  expect(await ask("source", "pull_request", pull())).toEqual(["pull_request: it has none of the labels ready"]);
  expect(await ask("docs", "pull_request", pull())).toHaveLength(1);
});

it("starts what is not for such events at all by hand, as it was named", async () => {
  expect(await ask("nightly", "pull_request", pull())).toBeUndefined();
  expect(await ask("docs", "manual", {})).toBeUndefined();
});

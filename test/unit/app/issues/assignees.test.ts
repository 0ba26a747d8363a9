/** Who is assigned: owners, else who wrote most of the lines on the default branch, else nobody. */
import { expect, it, onTestFinished } from "vitest";
import { type AssigneeRequest, assigneesFor } from "../../../../src/app/issues/assignees.ts";
import { findPlace } from "../../../../src/app/place.ts";
import type { CodeHost, HostPermission, HostUser } from "../../../../src/model/code-host.ts";
import { Failure } from "../../../../src/model/failure.ts";
import type { Finding } from "../../../../src/model/finding.ts";
import { exampleFinding } from "../../../contract/example-run.ts";
import { temporaryRepository } from "../temporary-repository.ts";

const addresses: Readonly<Record<string, string>> = {
  ann: "ann@example.invalid",
  ben: "ben@example.invalid",
  bot: "49699333+dependabot[bot]@users.noreply.github.com",
};

function stage(files: Readonly<Record<string, string>> = {}) {
  const repository = temporaryRepository();
  onTestFinished(() => repository.remove());
  /** Of each commit, who made it. */
  const commits = new Map<string, string>();
  const commit = (who: string, changed: Readonly<Record<string, string>>): string => {
    for (const [path, text] of Object.entries(changed)) repository.write(path, text);
    repository.git("add", ".");
    repository.git("-c", "commit.gpgsign=false", "commit", "-qm", who, `--author=${who} <${addresses[who]}>`);
    const sha = repository.git("rev-parse", "HEAD").trim();
    commits.set(sha, who);
    return sha;
  };
  if (Object.keys(files).length > 0) commit("ann", files);
  const permissions: Record<string, HostPermission> = { ann: "write", ben: "admin", bot: "write" };
  const asked: string[] = [];
  const host = {
    async commitAuthor(sha: string): Promise<HostUser | undefined> {
      asked.push(sha);
      const login = commits.get(sha);
      return login === undefined ? undefined : { login, isBot: login === "bot" };
    },
    permissionOf: async (login: string) => permissions[login] ?? "none",
  } as CodeHost;
  const ask = async (lines: readonly number[], change: Partial<AssigneeRequest> = {}) => {
    const place = await findPlace(repository.world);
    const assignees = assigneesFor({
      place,
      sources: ["codeowners", "blame"],
      tracker: "github",
      host,
      log: { debug: () => undefined },
      ...change,
    });
    return assignees(lines.map((line): Finding => exampleFinding(`f${line}`, { path: "a.ts", line })));
  };
  return { repository, commit, permissions, asked, host, ask };
}

const text = (...lines: readonly string[]): string => `${lines.join("\n")}\n`;

it("asks owners first, and never assigns a team or an address on GitHub", async () => {
  const { repository, commit, ask } = stage({ "a.ts": text("1", "2"), CODEOWNERS: "*.ts @org/team @cleo\n" });
  expect(await ask([1])).toEqual(["cleo"]);
  repository.write("CODEOWNERS", "*.ts @org/team cleo@example.invalid\n");
  expect(await ask([1])).toEqual(["ann"]);
  expect(await ask([1], { sources: ["codeowners"] })).toEqual([]);
  expect(await ask([1], { sources: [] })).toEqual([]);
  commit("ben", { "a.ts": text("x", "2") });
  expect(await ask([1], { sources: ["blame", "codeowners"] })).toEqual(["ben"]);
});

it("takes who wrote most of the lines of the findings, not of the file", async () => {
  const { commit, ask } = stage({ "a.ts": text("1", "2", "3", "4", "5") });
  commit("ben", { "a.ts": text("1", "2", "3", "4b", "5b") });
  expect(await ask([1, 2, 4])).toEqual(["ann"]);
  expect(await ask([3, 4, 5])).toEqual(["ben"]);
});

it("counts neither what is not committed nor what the default branch has not", async () => {
  const { repository, commit, ask } = stage({ "a.ts": text("1", "2", "3") });
  repository.git("checkout", "-qb", "topic");
  commit("ben", { "a.ts": text("1b", "2b", "3") });
  repository.write("a.ts", text("1b", "2b", "3", "4 new"));
  expect(await ask([1, 2, 3, 4])).toEqual(["ann"]);
  expect(await ask([1, 4])).toEqual([]);
  repository.git("checkout", "-q", "main", "--force");
  repository.git("merge", "-q", "topic");
  expect(await ask([1, 2, 3])).toEqual(["ben"]);
});

it("passes over bots, people without access and people the host does not know", async () => {
  const { commit, permissions, asked, ask } = stage({ "a.ts": text("1", "2", "3", "4") });
  commit("bot", { "a.ts": text("1x", "2x", "3x", "4") });
  expect(await ask([1, 2, 3, 4])).toEqual(["ann"]);
  expect(asked).toHaveLength(1);
  permissions["ann"] = "read";
  expect(await ask([1, 2, 3, 4])).toEqual([]);
});

it("assigns nobody when nobody can be asked", async () => {
  const { ask, host } = stage({ "a.ts": text("1") });
  expect(await ask([1], { host: undefined })).toEqual([]);
  const commitAuthor = () => Promise.reject(new Failure("CF701", "no right"));
  expect(await ask([1], { host: { ...host, commitAuthor } })).toEqual([]);
  expect(await ask([99])).toEqual([]);
});

it("follows no line into the dark of a shallow clone", async () => {
  const { repository, commit, ask } = stage({ "a.ts": text("1", "2") });
  const sha = commit("ben", { "a.ts": text("1", "2b") });
  repository.write(".git/shallow", `${sha}\n`);
  expect(await ask([1, 2])).toEqual([]);
});

it("leaves out the commits that the repository says do not count", async () => {
  const { repository, commit, ask } = stage({ "a.ts": text("first_name", "second_name") });
  const sha = commit("ben", { "a.ts": text("first_name;", "second_name;") });
  repository.write(".git-blame-ignore-revs", `${sha}\n`);
  expect(await ask([1, 2])).toEqual(["ann"]);
});

it("gives Linear whomever it may know, owners first", async () => {
  const { ask } = stage({ "a.ts": text("1"), CODEOWNERS: "* @org/team @cleo dana@example.invalid\n" });
  const people = await ask([1], { tracker: "linear", host: undefined });
  expect(people).toEqual(["cleo", "dana@example.invalid", "ann@example.invalid"]);
});

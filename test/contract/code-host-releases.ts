/** The second half of the code host's contract: labels, statuses, checks, branches, tags and releases. */
import { describe, expect, it } from "vitest";
import type { CheckRunDraft } from "../../src/model/code-host.ts";
import type { HostStage } from "./code-host.ts";

const refusal = { code: expect.stringMatching(/^CF7\d\d$/) };

export function releaseContract(
  current: () => { readonly stage: HostStage; readonly number: number; readonly headSha: string },
): void {
  describe("labels and people", () => {
    it("are added beside those of others and made when missing", async () => {
      const { stage, number } = current();
      const { host } = stage;
      await host.addLabels(number, ["theirs"]);
      await host.addLabels(number, ["size/S", "theirs"]);
      await host.addLabels(number, ["size/S"]);
      expect([...((await host.pullRequest(number))?.labels ?? [])].sort()).toEqual(["size/S", "theirs"]);
      await host.removeLabels(number, ["size/S", "never there"]);
      expect((await host.pullRequest(number))?.labels).toEqual(["theirs"]);
      await host.ensureLabel({ name: "size/S", color: "ff0000", description: "Small" });
      await host.ensureLabel({ name: "size/S", color: "ff0000", description: "Small" });
      const small = (await host.labels()).filter(({ name }) => name === "size/S");
      expect(small).toEqual([{ name: "size/S", color: "ff0000", description: "Small" }]);
    });

    it("answers whom it could not assign", async () => {
      const { stage, number } = current();
      const assign = () => stage.host.assign(number, ["octocat", "nobody-of-this-name"]);
      expect((await assign()).unknown).toEqual(["nobody-of-this-name"]);
      await assign();
      expect((await stage.host.pullRequest(number))?.assignees).toEqual(["octocat"]);
    });
  });

  describe("statuses and checks", () => {
    it("sets a status once; the latest counts", async () => {
      const { stage, headSha } = current();
      const set = (state: "pending" | "success", description: string) =>
        stage.host.setStatus(headSha, { context: "codeflow", state, description });
      expect((await set("pending", "Looking")).outcome).toBe("set");
      expect((await set("pending", "Looking")).outcome).toBe("unchanged");
      expect((await set("success", "x".repeat(200))).outcome).toBe("set");
      expect((await set("success", "x".repeat(200))).outcome).toBe("unchanged");
      expect(await stage.host.checksOf(headSha)).toMatchObject([
        { name: "codeflow", kind: "status", state: "success" },
      ]);
      await expect(
        stage.host.setStatus("0".repeat(40), { context: "codeflow", state: "success", description: "x" }),
      ).rejects.toMatchObject(refusal);
    });

    it("finds its check run again and doubles no annotation", async () => {
      const { stage, headSha } = current();
      const annotations = Array.from({ length: 120 }, (_, index) => ({
        path: "a.ts",
        startLine: (index % 40) + 1,
        endLine: (index % 40) + 1,
        level: "warning" as const,
        message: `Finding ${index}`,
      }));
      const common = { name: "CodeFlow", externalId: "run-1", sha: headSha, title: "Seen", summary: "All of it" };
      const done: CheckRunDraft = { ...common, status: "completed", conclusion: "failure", annotations };
      const first = await stage.host.ensureCheckRun({ ...common, status: "in_progress" });
      expect(await stage.host.checksOf(headSha)).toMatchObject([{ kind: "check", state: "pending", id: first.id }]);
      expect((await stage.host.ensureCheckRun(done)).id).toBe(first.id);
      expect((await stage.host.ensureCheckRun(done)).id).toBe(first.id);
      expect(await stage.annotations(headSha, "CodeFlow")).toBe(120);
      const checks = await stage.host.checksOf(headSha);
      expect(checks).toMatchObject([{ name: "CodeFlow", kind: "check", state: "failure", externalId: "run-1" }]);
    });

    it("sees checks of others", async () => {
      const { stage, headSha } = current();
      await stage.setCheck(headSha, "ci", "success");
      expect(await stage.host.checksOf(headSha)).toMatchObject([{ name: "ci", state: "success" }]);
    });

    it("takes SARIF", async () => {
      const { stage, headSha } = current();
      const sarif = JSON.stringify({ version: "2.1.0", runs: [] });
      const { id, state } = await stage.host.uploadSarif({ sarif, sha: headSha, ref: "refs/heads/topic" });
      expect(id).not.toBe("");
      expect(state).toBe("complete");
    });

    it("tells what is found wrong with SARIF after it was taken", async () => {
      const { stage, headSha } = current();
      const sarif = JSON.stringify({ version: "1.0.0", runs: [] });
      await expect(stage.host.uploadSarif({ sarif, sha: headSha, ref: "refs/heads/topic" })).rejects.toMatchObject({
        code: "CF702",
        why: expect.stringContaining("version"),
      });
    });
  });

  describe("branches, tags and releases", () => {
    it("deletes a branch only where it was looked at, never one that matters", async () => {
      const { stage } = current();
      const { host } = stage;
      const first = await stage.commit("old", { "b.ts": "1\n" }, "One");
      const second = await stage.commit("old", { "b.ts": "2\n" }, "Two");
      const kept = await stage.commit("kept", { "b.ts": "3\n" }, "Three");
      await stage.protect("kept", []);
      const tip = (await host.branches()).find(({ name }) => name === "main");
      expect((await host.deleteBranch("old", first)).outcome).toBe("refused");
      expect((await host.deleteBranch("kept", kept)).outcome).toBe("refused");
      expect((await host.deleteBranch("main", tip?.sha ?? "")).outcome).toBe("refused");
      expect((await host.deleteBranch("old", second)).outcome).toBe("deleted");
      expect((await host.deleteBranch("old", second)).outcome).toBe("unchanged");
      const branches = await host.branches();
      expect(branches.map(({ name }) => name).sort()).toEqual(["kept", "main", "topic"]);
      expect(branches.find(({ name }) => name === "kept")).toEqual({ name: "kept", sha: kept, isProtected: true });
    });

    it("makes a tag once and never moves it", async () => {
      const { stage, headSha } = current();
      const { host } = stage;
      expect((await host.ensureTag("v1.0.0", headSha)).outcome).toBe("created");
      expect((await host.ensureTag("v1.0.0", headSha)).outcome).toBe("unchanged");
      const other = await stage.commit("main", { "c.ts": "c\n" }, "Other");
      await expect(host.ensureTag("v1.0.0", other)).rejects.toMatchObject(refusal);
      expect(await host.tags()).toEqual([{ name: "v1.0.0", sha: headSha }]);
    });

    it("keeps one release for each tag, and a published one published", async () => {
      const { host } = current().stage;
      const draft = { tag: "v1.0.0", name: "1.0.0", body: "One", target: "main", isDraft: true };
      const first = await host.ensureRelease(draft);
      expect(first).toMatchObject({ outcome: "created", release: { isDraft: true, tag: "v1.0.0" } });
      expect((await host.ensureRelease(draft)).outcome).toBe("unchanged");
      expect((await host.ensureRelease({ ...draft, body: "Two" })).outcome).toBe("updated");
      expect(await host.ensureRelease({ ...draft, body: "Two", isDraft: false })).toMatchObject({
        outcome: "updated",
        release: { id: first.release.id, isDraft: false, body: "Two" },
      });
      const again = await host.ensureRelease({ ...draft, body: "Three" });
      expect(again.release).toMatchObject({ isDraft: false, body: "Three" });
      expect(await host.releases()).toHaveLength(1);
    });

    it("makes a draft another version's, never a published one", async () => {
      const { host } = current().stage;
      const draft = { tag: "v1.0.1", name: "1.0.1", body: "One", target: "main", isDraft: true };
      const first = await host.ensureRelease(draft);
      const next = { ...draft, tag: "v1.1.0", name: "1.1.0", replaces: "v1.0.1" };
      expect(await host.ensureRelease(next)).toMatchObject({
        outcome: "updated",
        release: { id: first.release.id, tag: "v1.1.0", isDraft: true },
      });
      expect((await host.ensureRelease(next)).outcome).toBe("unchanged");
      await host.ensureRelease({ ...next, isDraft: false });
      const later = { ...draft, tag: "v1.2.0", name: "1.2.0", replaces: "v1.1.0" };
      expect((await host.ensureRelease(later)).outcome).toBe("created");
      expect((await host.releases()).map(({ tag }) => tag).sort()).toEqual(["v1.1.0", "v1.2.0"]);
    });

    it("counts what it asked", async () => {
      const { host } = current().stage;
      const { requests } = host.usage();
      await host.labels();
      expect(host.usage().requests).toBeGreaterThan(requests);
    });
  });
}

/** What every issue tracker must do; run by the one in memory and by each adapter on a local server of its service. */
import { beforeEach, describe, expect, it } from "vitest";
import { bodyLimit, markerOf } from "../../src/model/marker.ts";
import { type IssueDraft, type Priority, seenWord, type Tracker } from "../../src/model/tracker.ts";

/** What people do in the tracker. */
export interface TrackerStage {
  /** Bound to an empty project. */
  readonly tracker: Tracker;
  /** Two who can be assigned, as the tracker names them. */
  readonly people: readonly string[];
  createIssue(author: string, title: string, body: string, labels: readonly string[]): Promise<string>;
  edit(id: string, to: { readonly title?: string; readonly body?: string; readonly labels?: string[] }): Promise<void>;
  prioritise(id: string, priority: Priority): Promise<void>;
  close(id: string, login: string, as: "completed" | "not-planned" | "duplicate"): Promise<void>;
  comment(id: string, login: string, body: string): Promise<void>;
}

const refusal = { code: expect.stringMatching(/^CF7\d\d$/) };
const draft: IssueDraft = {
  key: "ruff/F401 src",
  title: "Unused imports",
  body: "Three of them.",
  labels: ["codeflow", "style"],
  priority: "low",
};

/** Without the one that stands for a priority, where the tracker has no other place for it. */
const own = (labels: readonly string[]): string[] => labels.filter((name) => !name.startsWith("priority: ")).sort();

export function trackerContract(name: string, open: () => Promise<TrackerStage>): void {
  describe(`tracker contract: ${name}`, () => {
    let stage: TrackerStage;
    let tracker: Tracker;
    let person: string;
    beforeEach(async () => {
      stage = await open();
      tracker = stage.tracker;
      person = stage.people[0] ?? "";
    });
    const ensure = (change: Partial<IssueDraft> = {}) => tracker.ensureIssue({ ...draft, ...change });

    it("makes an issue once and finds it by its key", async () => {
      const first = await ensure();
      expect(first).toMatchObject({ outcome: "created", issue: { title: "Unused imports", state: "open" } });
      expect(own(first.issue.labels)).toEqual(["codeflow", "style"]);
      expect(first.issue.priority).toBe("low");
      expect(await ensure()).toMatchObject({ outcome: "unchanged", issue: { id: first.issue.id } });
      expect((await tracker.findIssue(draft.key))?.id).toBe(first.issue.id);
      expect((await tracker.issue(first.issue.id))?.body).toContain("Three of them.");
      expect(await tracker.findIssue("another")).toBeUndefined();
      expect(await tracker.issue("999999")).toBeUndefined();
      expect(await tracker.issues({})).toHaveLength(1);
    });

    it("keeps apart what has another key, however alike", async () => {
      const first = await ensure();
      const second = await ensure({ key: `${draft.key}-2` });
      expect(second).toMatchObject({ outcome: "created" });
      expect(second.issue.id).not.toBe(first.issue.id);
    });

    it("brings text and labels up to date and keeps what people added", async () => {
      const { issue } = await ensure();
      const below = `${issue.body}\n\nA person's note.`;
      await stage.edit(issue.id, { title: "Renamed", body: below, labels: [...issue.labels, "theirs"] });
      const updated = await ensure({ body: "Two of them." });
      expect(updated).toMatchObject({ outcome: "updated", issue: { id: issue.id, title: "Unused imports" } });
      expect(updated.issue.body).toContain("Two of them.");
      expect(updated.issue.body).not.toContain("Three of them.");
      expect(updated.issue.body).toContain("A person's note.");
      expect(own(updated.issue.labels)).toEqual(["codeflow", "style", "theirs"]);
      expect((await ensure({ body: "Two of them." })).outcome).toBe("unchanged");
    });

    it("never takes a person's issue for ours, whatever it quotes", async () => {
      const id = await stage.createIssue(person, "Quoting", `${markerOf("issue", draft.key)}\nmine`, []);
      const { issue, outcome } = await ensure();
      expect(outcome).toBe("created");
      expect(issue.id).not.toBe(id);
      expect(await tracker.issue(id)).toMatchObject({ title: "Quoting" });
    });

    it("raises and lowers the priority, unless a person gave it another one", async () => {
      const { issue } = await ensure();
      expect(await ensure({ priority: "high" })).toMatchObject({ outcome: "updated", issue: { priority: "high" } });
      expect((await ensure({ priority: "high" })).outcome).toBe("unchanged");
      await stage.prioritise(issue.id, "urgent");
      expect((await ensure({ priority: "high" })).issue.priority).toBe("urgent");
      expect((await ensure({ priority: "medium", body: "One of them." })).issue.priority).toBe("urgent");
      expect((await ensure({ priority: "medium", body: "One of them." })).outcome).toBe("unchanged");
    });

    it("writes no text anew of which only the place of the last look differs", async () => {
      const at = (commit: string): string =>
        [`[a.py:1](<https://example.org/blob/${commit.repeat(40)}/a.py#L1>)`, "", `${seenWord} at ${commit}`].join(
          "\n",
        );
      const { issue } = await ensure({ body: at("a") });
      expect(await ensure({ body: at("b") })).toMatchObject({ outcome: "unchanged", issue: { id: issue.id } });
      const moved = await ensure({ body: at("b").replaceAll("1", "2") });
      expect(moved).toMatchObject({ outcome: "updated", issue: { id: issue.id } });
      expect(moved.issue.body).toContain(`${seenWord} at b`);
    });

    it("knows by the ledger what lost its marker, if it is ours", async () => {
      const { issue } = await ensure();
      await stage.edit(issue.id, { body: "Written anew." });
      const again = await ensure({ knownId: issue.id, body: "Two of them." });
      expect(again).toMatchObject({ outcome: "updated", issue: { id: issue.id } });
      expect(again.issue.body).toContain("Two of them.");
      expect(again.issue.body).toContain("Written anew.");
      const theirs = await stage.createIssue(person, "Theirs", "Not yours.", []);
      expect((await ensure({ knownId: theirs, body: "Two of them." })).issue.id).toBe(issue.id);
      expect((await ensure({ knownId: "999999", body: "Two of them." })).issue.id).toBe(issue.id);
      expect(await tracker.issue(theirs)).toMatchObject({
        title: "Theirs",
        body: expect.stringContaining("Not yours."),
      });
    });

    it("reopens what was done and is back", async () => {
      const { issue } = await ensure();
      await stage.close(issue.id, person, "completed");
      expect(await ensure()).toMatchObject({ outcome: "reopened", issue: { id: issue.id, state: "open" } });
      expect((await ensure()).outcome).toBe("unchanged");
    });

    it.each(["not-planned", "duplicate"] as const)("respects a person's %s", async (as) => {
      const { issue } = await ensure();
      await stage.close(issue.id, person, as);
      const answer = await ensure({ body: "Back again." });
      expect(answer).toMatchObject({ outcome: "declined", issue: { id: issue.id, state: "closed" } });
      expect((await tracker.issue(issue.id))?.body).toContain("Three of them.");
      expect(await tracker.issues({ state: "all" })).toHaveLength(1);
    });

    it("reopens what it closed itself, as whatever", async () => {
      const { issue } = await ensure();
      expect((await tracker.closeIssue(issue.id, { as: "not-planned" })).outcome).toBe("closed");
      expect(await ensure()).toMatchObject({ outcome: "reopened", issue: { state: "open" } });
    });

    it("closes once, with one last comment", async () => {
      const { issue } = await ensure();
      const close = () => tracker.closeIssue(issue.id, { as: "completed", comment: "Gone.", key: "gone" });
      expect((await close()).outcome).toBe("closed");
      expect((await close()).outcome).toBe("unchanged");
      expect(await tracker.issue(issue.id)).toMatchObject({ state: "closed", closedAs: "completed" });
      expect((await tracker.comments(issue.id)).map(({ body }) => body)).toEqual([expect.stringContaining("Gone.")]);
      await expect(tracker.closeIssue("999999")).rejects.toMatchObject(refusal);
    });

    it("has one comment for each key", async () => {
      const { issue } = await ensure();
      const comment = (key: string, body: string) => tracker.ensureComment(issue.id, key, body);
      const first = await comment("a", "One");
      expect(first.outcome).toBe("created");
      expect((await comment("a", "One")).outcome).toBe("unchanged");
      expect(await comment("a", "Two")).toMatchObject({ outcome: "updated", comment: { id: first.comment.id } });
      await stage.comment(issue.id, person, `${markerOf("comment", "b")}\nquoted`);
      expect((await comment("b", "Other")).outcome).toBe("created");
      const bodies = (await tracker.comments(issue.id)).map(({ body }) => body);
      expect(bodies).toEqual([
        expect.stringContaining("Two"),
        expect.stringContaining("quoted"),
        expect.stringContaining("Other"),
      ]);
      await expect(tracker.ensureComment("999999", "a", "One")).rejects.toMatchObject(refusal);
    });

    it("lists by state, label and time, oldest update first", async () => {
      const theirs = await stage.createIssue(person, "Theirs", "", ["bug"]);
      const { issue } = await ensure();
      const ids = async (filter: Parameters<Tracker["issues"]>[0]): Promise<string[]> =>
        (await tracker.issues(filter)).map(({ id }) => id);
      expect(await ids({})).toEqual([theirs, issue.id]);
      expect(await ids({ labels: ["bug"] })).toEqual([theirs]);
      expect(await ids({ labels: ["bug", "style"] })).toEqual([]);
      expect(await ids({ limit: 1 })).toEqual([theirs]);
      const later = new Date(Date.parse(issue.updatedAt) + 60_000).toISOString();
      expect(await ids({ updatedSince: later })).toEqual([]);
      expect(await ids({ updatedBefore: later })).toEqual([theirs, issue.id]);
      await tracker.closeIssue(theirs);
      expect(await ids({})).toEqual([issue.id]);
      expect(await ids({ state: "closed" })).toEqual([theirs]);
      expect([...(await ids({ state: "all" }))].sort()).toEqual([theirs, issue.id].sort());
    });

    it("adds and removes labels beside those of others", async () => {
      const id = await stage.createIssue(person, "Theirs", "", ["bug"]);
      await tracker.addLabels(id, ["stale", "bug"]);
      await tracker.addLabels(id, ["stale"]);
      expect([...((await tracker.issue(id))?.labels ?? [])].sort()).toEqual(["bug", "stale"]);
      await tracker.removeLabels(id, ["stale", "never there"]);
      expect((await tracker.issue(id))?.labels).toEqual(["bug"]);
    });

    it("assigns whom it knows and answers whom not", async () => {
      const { issue } = await ensure();
      const assign = () => tracker.assign(issue.id, [person, "nobody-of-this-name"]);
      expect((await assign()).unknown).toEqual(["nobody-of-this-name"]);
      await assign();
      expect((await tracker.issue(issue.id))?.assignees).toEqual([person]);
    });

    it("cuts what is too long and finds it still", async () => {
      const body = "many words ".repeat(30_000);
      const { issue } = await ensure({ body });
      expect((await tracker.findIssue(draft.key))?.id).toBe(issue.id);
      expect(issue.body.length).toBeLessThan(body.length);
      if (tracker.id === "github") expect(issue.body.length).toBeLessThanOrEqual(bodyLimit);
      expect((await ensure({ body })).outcome).toBe("unchanged");
    });
  });
}

/** Linear's issues keep the tracker's contract, on a local Linear; and what its faults end in. */
import { readFileSync } from "node:fs";
import { buildSchema } from "graphql";
import { afterEach, describe, expect, it } from "vitest";
import { documents } from "../../src/integrations/linear/documents.ts";
import { createLinearTracker } from "../../src/integrations/linear/index.ts";
import { mostPoints, pointsOf } from "../linear/points.ts";
import { startLinear } from "../linear/server.ts";
import { trackerContract, type TrackerStage } from "./tracker.ts";

const log = { warn: () => undefined, info: () => undefined, debug: () => undefined };
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function start(apiKey = "key", options: Parameters<typeof startLinear>[0] = {}) {
  const linear = await startLinear(options);
  running.push(linear);
  const open = (scope?: string) =>
    createLinearTracker({
      apiKey,
      team: "ENG",
      apiUrl: linear.url,
      log,
      second: 1,
      ...(scope === undefined ? {} : { scope }),
    });
  return { linear, tracker: open(), open };
}

for (const dropsComments of [false, true]) {
  const name = dropsComments ? "Linear that drops what is hidden" : "Linear";
  trackerContract(name, async () => stageOn(await start("key", { dropsComments })));
}

function stageOn({ linear, tracker }: Awaited<ReturnType<typeof start>>): TrackerStage {
  return {
    tracker,
    people: ["octocat", "hubot"],
    async createIssue(author, title, description, labels) {
      const labelIds = labels.map(linear.label);
      const input = { teamId: "team-1", title, description, labelIds };
      return String(linear.as(author, () => linear.issueCreate({ input })).issue["identifier"]);
    },
    async edit(id, { title, body, labels }) {
      const input = {
        ...(title === undefined ? {} : { title }),
        ...(body === undefined ? {} : { description: body }),
        ...(labels === undefined ? {} : { labelIds: labels.map(linear.label) }),
      };
      linear.as("octocat", () => linear.change(linear.find(id), input));
    },
    async prioritise(id, priority) {
      const numbers = { none: 0, urgent: 1, high: 2, medium: 3, low: 4 };
      linear.as("octocat", () => linear.change(linear.find(id), { priority: numbers[priority] }));
    },
    async close(id, login, as) {
      const stateId = { completed: "state-completed", "not-planned": "state-canceled", duplicate: "state-duplicate" }[
        as
      ];
      linear.as(login, () => linear.change(linear.find(id), { stateId }));
    },
    async comment(id, login, body) {
      linear.as(login, () => linear.commentCreate({ input: { issueId: linear.find(id).id, body } }));
    },
  };
}

describe("Linear's faults and pages", () => {
  const draft = { key: "a", title: "A", body: "B", priority: "urgent" } as const;

  it("has priorities in Linear's numbers", async () => {
    const { linear, tracker } = await start();
    for (const [priority, number] of [
      ["urgent", 1],
      ["high", 2],
      ["medium", 3],
      ["low", 4],
      ["none", 0],
    ] as const) {
      expect((await tracker.ensureIssue({ ...draft, priority })).issue.priority).toBe(priority);
      expect(linear.issues[0]?.["priority"]).toBe(number);
    }
  });

  it("makes no second issue when Linear fails after it did its work", async () => {
    const { linear, tracker } = await start();
    linear.fail(true, "broken-after");
    expect((await tracker.ensureIssue(draft)).issue.id).toBe("ENG-1");
    expect(linear.issues).toHaveLength(1);
  });

  it("asks again where Linear fails, and waits for its limit", async () => {
    const { linear, tracker } = await start();
    linear.fail(false, "broken", "limit");
    linear.fail(true, "broken");
    expect((await tracker.ensureIssue(draft)).outcome).toBe("created");
    expect(linear.issues).toHaveLength(1);
  });

  it.each([
    ["broken", "CF705"],
    ["limit", "CF704"],
    ["garbled", "CF706"],
  ] as const)("gives up on %s with %s", async (fault, code) => {
    const { linear, tracker } = await start();
    linear.fail(false, fault, fault, fault);
    await expect(tracker.issues({})).rejects.toMatchObject({ code, exitCode: 3 });
    expect(linear.requests).toHaveLength(3);
  });

  it("says that the key is wrong, and that nobody is there", async () => {
    await expect((await start("other")).tracker.issues({})).rejects.toMatchObject({ code: "CF701" });
    const tracker = createLinearTracker({ apiKey: "key", team: "ENG", apiUrl: "http://127.0.0.1:9", log, second: 1 });
    await expect(tracker.issues({})).rejects.toMatchObject({ code: "CF700" });
  });

  it("reads every page", async () => {
    const { linear, tracker } = await start();
    linear.pageSize.most = 2;
    for (const key of ["a", "b", "c", "d", "e"]) await tracker.ensureIssue({ ...draft, key });
    expect(await tracker.issues({})).toHaveLength(5);
    expect((await tracker.findIssue("a"))?.id).toBe("ENG-1");
  });
});

describe("what is ours in a Linear that drops what is hidden", () => {
  const draft = { key: "findings/rule/ruff/F401", title: "A", body: "B", labels: ["codeflow"] };
  const quiet = async () => start("key", { dropsComments: true });

  it("knows an issue again that was cut off before it was marked, and marks it then", async () => {
    const { linear, tracker, open } = await quiet();
    linear.fail(true, "pass", "pass", "broken", "broken", "broken");
    await expect(tracker.ensureIssue(draft)).rejects.toMatchObject({ code: "CF705" });
    expect(linear.issues).toHaveLength(1);
    expect(linear.attachments).toHaveLength(0);
    expect(await open().ensureIssue(draft)).toMatchObject({ outcome: "unchanged", issue: { id: "ENG-1" } });
    expect(linear.attachments).toHaveLength(1);
    expect((await open().issue("ENG-1"))?.key).toBe(draft.key);
    expect(linear.issues).toHaveLength(1);
  });

  it("finds by the attachment what has another id", async () => {
    const { linear, tracker } = await quiet();
    await tracker.ensureIssue(draft);
    Object.assign(linear.issues[0] ?? {}, { id: "made-by-an-import" });
    expect(await tracker.ensureIssue(draft)).toMatchObject({ outcome: "unchanged" });
    expect(linear.issues).toHaveLength(1);
  });

  it("makes one issue when two processes make it at once", async () => {
    const { linear, open } = await quiet();
    const made = await Promise.all([open().ensureIssue(draft), open().ensureIssue(draft)]);
    expect(made.map(({ issue }) => issue.id)).toEqual(["ENG-1", "ENG-1"]);
    expect(linear.issues).toHaveLength(1);
    expect(linear.attachments).toHaveLength(1);
  });

  it("writes a text once, whatever the editor makes of it", async () => {
    const { linear, tracker } = await quiet();
    const body = "* one\n* two";
    await tracker.ensureIssue({ ...draft, body });
    const [issue] = linear.issues;
    if (issue !== undefined) issue["description"] = String(issue["description"]).replaceAll("* ", "- ");
    expect((await tracker.ensureIssue({ ...draft, body })).outcome).toBe("unchanged");
    expect((await tracker.ensureIssue({ ...draft, body: "* one" })).outcome).toBe("updated");
    expect(issue?.["description"]).toContain("* one");
  });

  it.each([
    ["the bin", { trashed: true, archivedAt: "2026-01-02T00:00:00.000Z" }],
    ["another team", { teamId: "team-2" }],
  ])("leaves alone what a person put into %s", async (_where, change) => {
    const { linear, tracker } = await quiet();
    await tracker.ensureIssue(draft);
    linear.as("octocat", () => linear.change(linear.find("ENG-1"), change));
    for (const knownId of [undefined, "ENG-1", "OPS-1"]) {
      const again = { ...draft, body: "Back.", ...(knownId === undefined ? {} : { knownId }) };
      expect((await tracker.ensureIssue(again)).outcome).toBe("declined");
    }
    expect(linear.issues).toHaveLength(1);
    expect(linear.issues[0]?.["description"]).toContain("B");
  });

  it("believes the ledger only about issues that are ours", async () => {
    const { linear, tracker } = await quiet();
    linear.as("octocat", () => linear.issueCreate({ input: { teamId: "team-1", title: "Theirs", description: "" } }));
    const made = await tracker.ensureIssue({ ...draft, knownId: "ENG-1" });
    expect(made).toMatchObject({ outcome: "created", issue: { id: "ENG-2" } });
    // Their attachment with our address makes it no more ours.
    const url = linear.attachments[0]?.["url"];
    linear.as("octocat", () =>
      linear.attachmentCreate({ input: { issueId: linear.find("ENG-1").id, url, title: "" } }),
    );
    expect((await tracker.findIssue(draft.key))?.id).toBe("ENG-2");
  });

  it("keeps repositories apart that share a team", async () => {
    const { linear, open } = await quiet();
    for (const scope of ["github.com/octo/one", "github.com/octo/two", "github.com/octo/one"]) {
      await open(scope).ensureIssue(draft);
    }
    expect(linear.issues).toHaveLength(2);
    const keys = (await open("github.com/octo/one").issues({})).map(({ id, key }) => [id, key]);
    expect(keys).toEqual([
      ["ENG-1", draft.key],
      ["ENG-2", undefined],
    ]);
  });

  it("attaches what it belongs to once, and leaves what is attached already", async () => {
    const { linear, tracker } = await quiet();
    const pull = (number: number) => ({ title: `#${number}`, url: `https://github.com/octo/demo/pull/${number}` });
    await tracker.ensureIssue({ ...draft, links: [pull(1)] });
    Object.assign(linear.attachments[1] ?? {}, { title: "Rich, by the integration" });
    for (const links of [[pull(1)], [pull(2)], []]) {
      expect((await tracker.ensureIssue({ ...draft, links })).outcome).toBe("unchanged");
    }
    expect(linear.attachments.map(({ title }) => title)).toEqual([
      "CodeFlow findings",
      "Rich, by the integration",
      "#2",
    ]);
  });

  it("says again what a person deleted, once", async () => {
    const { linear, tracker } = await start();
    await tracker.ensureIssue(draft);
    const { comment } = await tracker.ensureComment("ENG-1", "a", "One");
    linear.deleteComment(comment.id);
    expect((await tracker.ensureComment("ENG-1", "a", "One")).outcome).toBe("created");
    expect((await tracker.ensureComment("ENG-1", "a", "One")).outcome).toBe("unchanged");
    expect(linear.comments).toHaveLength(1);
  });
});

it("stays below what Linear lets one query cost", () => {
  const schema = buildSchema(readFileSync(new URL("../linear/schema.graphql", import.meta.url), "utf8"));
  for (const [name, document] of Object.entries(documents)) {
    expect(pointsOf(schema, document, {}), name).toBeLessThan(mostPoints / 2);
  }
});

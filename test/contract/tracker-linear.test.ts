/** Linear's issues keep the tracker's contract, on a local Linear; and what its faults end in. */
import { afterEach, describe, expect, it } from "vitest";
import { createLinearTracker } from "../../src/integrations/linear/index.ts";
import { startLinear } from "../linear/server.ts";
import { trackerContract } from "./tracker.ts";

const log = { warn: () => undefined, info: () => undefined, debug: () => undefined };
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function start(apiKey = "key") {
  const linear = await startLinear();
  running.push(linear);
  return { linear, tracker: createLinearTracker({ apiKey, team: "ENG", apiUrl: linear.url, log, second: 1 }) };
}

trackerContract("Linear", async () => {
  const { linear, tracker } = await start();
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
});

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

/** A small Linear: its GraphQL over HTTP, with the part of its schema that is used and its limit of points; faults on request. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buildSchema, graphql } from "graphql";
import { mostPoints, pointsOf } from "./points.ts";

type Row = Record<string, unknown> & { id: string };
type Test = Record<string, unknown>;

const schema = buildSchema(readFileSync(new URL("schema.graphql", import.meta.url), "utf8"));
const day = Date.parse("2026-01-01T00:00:00.000Z");

/** `pass`: this one is done as it should. */
export type Fault = "pass" | "limit" | "broken" | "broken-after" | "garbled";

/** `dropsComments`: what is hidden in descriptions and comments does not come through Linear's editor. */
export async function startLinear({ dropsComments = false } = {}) {
  let ticks = day;
  let last = 0;
  const now = (): string => new Date((ticks += 1_000)).toISOString();
  const newId = (): string => `id-${(last += 1)}`;
  const users: Row[] = ["codeflow", "octocat", "hubot"].map((displayName) => ({
    id: `user-${displayName}`,
    displayName,
    email: `${displayName}@example.invalid`,
  }));
  const states: Row[] = ["backlog", "unstarted", "started", "completed", "canceled", "duplicate"].map(
    (type, position) => ({
      id: `state-${type}`,
      name: type === "unstarted" ? "Todo" : type,
      type,
      position,
    }),
  );
  const newTeam = (id: string, key: string): Row => {
    const projects = { nodes: [{ id: "p1", name: "Quality" }] };
    return { id, key, states: { nodes: states }, projects };
  };
  const team = newTeam("team-1", "ENG");
  const otherTeam = newTeam("team-2", "OPS");
  const edited = (text: unknown): unknown =>
    dropsComments
      ? String(text)
          .replace(/<!--.*?-->\n?/gs, "")
          .trim()
      : text;
  const attachments: (Row & { issue: Row })[] = [];
  /** Linear takes ids from its callers, of version 4 and each once. */
  const givenId = (given: unknown, rows: readonly Row[]): string => {
    if (given === undefined || given === null) return newId();
    const id = String(given);
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) {
      throw new Error("Argument Validation Error: id must be a UUID");
    }
    if (rows.some((row) => row.id === id)) throw new Error("conflict on insert: Entity already exists");
    return id;
  };
  const labels: Row[] = [];
  const issues: Row[] = [];
  const comments: (Row & { issue: Row })[] = [];
  const deletedComments: Row[] = [];
  const faults: { mutation: boolean; fault: Fault }[] = [];
  const requests: string[] = [];
  let me = users[0] as Row;

  const byId = (rows: readonly Row[], id: unknown): Row => {
    const found = rows.find((row) => row.id === id);
    if (found === undefined) throw new Error("Entity not found");
    return found;
  };
  const user = (login: string): Row => byId(users, `user-${login}`);

  function change(issue: Row, input: Test): Row {
    const list = issue["labels"] as { nodes: Row[] };
    const added = (input["addedLabelIds"] ?? []) as string[];
    const removed = (input["removedLabelIds"] ?? []) as string[];
    const kept = list.nodes.filter(({ id }) => !removed.includes(id) && !added.includes(id));
    const set = input["labelIds"] as string[] | undefined;
    list.nodes =
      set === undefined ? [...kept, ...added.map((id) => byId(labels, id))] : set.map((id) => byId(labels, id));
    for (const name of ["title", "priority", "trashed", "archivedAt"]) if (name in input) issue[name] = input[name];
    if ("description" in input) issue["description"] = edited(input["description"]);
    if ("teamId" in input) {
      issue["team"] = byId([team, otherTeam], input["teamId"]);
      issue["identifier"] = `${String((issue["team"] as Row)["key"])}-${String(issue["number"])}`;
    }
    if ("assigneeId" in input) issue["assignee"] = byId(users, input["assigneeId"]);
    if ("stateId" in input) {
      issue["state"] = byId(states, input["stateId"]);
      (issue["history"] as { nodes: unknown[] }).nodes.push({ createdAt: now(), actor: me, toState: issue["state"] });
    }
    issue["updatedAt"] = now();
    return issue;
  }

  function issueCreate({ input }: { input: Test }) {
    const number = issues.length + 1;
    const at = now();
    const issue: Row = {
      id: givenId(input["id"], issues),
      identifier: `ENG-${number}`,
      number,
      url: `https://linear.example/ENG-${number}`,
      priority: 0,
      createdAt: at,
      creator: me,
      team: byId([team], input["teamId"]),
      trashed: false,
      state: states[0],
      labels: { nodes: [] },
      attachments: () => page(attachments.filter((one) => one.issue === issue))({}),
      history: { nodes: [] },
    };
    issues.push(change(issue, { labelIds: [], ...input }));
    return { success: true, issue };
  }

  function issueLabelCreate({ input }: { input: Test }) {
    if (labels.some(({ name }) => name === input["name"])) throw new Error("duplicate label name");
    const issueLabel: Row = { id: newId(), name: input["name"], team };
    labels.push(issueLabel);
    return { success: true, issueLabel };
  }

  function commentCreate({ input }: { input: Test }) {
    const id = givenId(input["id"], [...comments, ...deletedComments]);
    const issue = byId(issues, input["issueId"]);
    const comment = {
      id,
      issue,
      body: edited(input["body"]),
      url: `https://linear.example/#${id}`,
      createdAt: now(),
      user: me,
    };
    comments.push(comment);
    return { success: true, comment };
  }

  /** One for each address within an issue. */
  function attachmentCreate({ input }: { input: Test }) {
    const issue = byId(issues, input["issueId"]);
    const { url, title, subtitle, metadata = {} } = input;
    const known = attachments.find((one) => one.issue === issue && one["url"] === url);
    const attachment = known ?? { id: newId(), issue, url, creator: me };
    Object.assign(attachment, { title, subtitle, metadata });
    if (known === undefined) attachments.push(attachment);
    return { success: true, attachment };
  }

  const page = (rows: readonly Row[]) => (args: { first?: number; after?: string | null; filter?: Test }) => {
    const fitting = rows.filter((row) => fits(row, args.filter ?? {}, me)).toReversed();
    const from = args.after === null || args.after === undefined ? 0 : Number(args.after);
    const to = Math.min(from + (args.first ?? 50), from + pageSize.most);
    return { nodes: fitting.slice(from, to), pageInfo: { hasNextPage: to < fitting.length, endCursor: String(to) } };
  };
  const pageSize = { most: 250 };
  const rootValue = {
    viewer: () => me,
    teams: page([team]),
    // Lists leave out what lies in the bin.
    issues: (args: object) => page(issues.filter(({ trashed }) => trashed !== true))(args),
    issue: ({ id }: { id: string }) => byId(issues, id),
    attachmentsForURL: ({ url, ...args }: { url: string }) =>
      page(attachments.filter((one) => one["url"] === url))(args),
    attachmentCreate,
    issueLabels: page(labels),
    users: page(users),
    comments: page(comments),
    issueCreate,
    issueUpdate: ({ id, input }: { id: string; input: Test }) => ({
      success: true,
      issue: change(byId(issues, id), input),
    }),
    issueUnarchive: ({ id }: { id: string }) => ({
      success: true,
      issue: change(byId(issues, id), { archivedAt: null }),
    }),
    issueLabelCreate,
    commentCreate,
    commentUpdate: ({ id, input }: { id: string; input: Test }) => ({
      success: true,
      comment: Object.assign(byId(comments, id), { body: edited(input["body"]) }),
    }),
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const say = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (request.headers.authorization !== "key") return say(401, { errors: [{ message: "Authentication required" }] });
    const { query, variables } = JSON.parse(Buffer.concat(chunks).toString()) as { query: string; variables: Test };
    requests.push(query.trim().split(/\W/)[1] ?? "");
    const isMutation = query.trim().startsWith("mutation");
    const at = faults.findIndex(({ mutation }) => mutation === isMutation);
    const [due] = at < 0 ? [] : faults.splice(at, 1);
    if (due?.fault === "broken") return say(502, { errors: [{ message: "bad gateway" }] });
    if (due?.fault === "limit") {
      return say(400, {
        errors: [{ message: "Rate limit exceeded", extensions: { code: "RATELIMITED", type: "ratelimited" } }],
      });
    }
    const points = pointsOf(schema, query, variables);
    if (points > mostPoints) return say(400, { errors: [{ message: `Query too complex: ${points} points` }] });
    const result = await graphql({ schema, source: query, rootValue, variableValues: variables });
    if (due?.fault === "broken-after") return say(502, { errors: [{ message: "bad gateway" }] });
    if (due?.fault === "garbled") return say(200, { data: { something: "else" } });
    say(result.errors === undefined ? 200 : 400, result);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    issues,
    comments,
    attachments,
    requests,
    pageSize,
    fail: (mutation: boolean, ...list: Fault[]) => void faults.push(...list.map((fault) => ({ mutation, fault }))),
    /** Does it as this person. */
    as<T>(login: string, work: () => T): T {
      me = user(login);
      try {
        return work();
      } finally {
        me = users[0] as Row;
      }
    },
    label(name: string): string {
      return labels.find((label) => label["name"] === name)?.id ?? issueLabelCreate({ input: { name } }).issueLabel.id;
    },
    find: (identifier: string): Row => {
      const found = issues.find((issue) => issue["identifier"] === identifier);
      if (found === undefined) throw new Error(`no ${identifier}`);
      return found;
    },
    change,
    issueCreate,
    commentCreate,
    attachmentCreate,
    deleteComment(id: string): void {
      deletedComments.push(
        ...comments.splice(
          comments.findIndex((one) => one.id === id),
          1,
        ),
      );
    },
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

/** Linear's filters: objects go down, comparators compare, lists are any (`or`) or all (`and`). */
function fits(value: unknown, filter: Test, me: Row): boolean {
  return Object.entries(filter).every(([name, wanted]) => {
    const text = String(value);
    switch (name) {
      case "eq":
        return typeof value === "number" ? value === wanted : text === String(wanted);
      case "eqIgnoreCase":
        return text.toLowerCase() === String(wanted).toLowerCase();
      case "in":
        return (wanted as string[]).includes(text);
      case "nin":
        return !(wanted as string[]).includes(text);
      case "contains":
        return text.includes(String(wanted));
      case "lt":
        return text < String(wanted);
      case "gte":
        return text >= String(wanted);
      case "null":
        return (value === undefined || value === null) === wanted;
      case "isMe":
        return (value === me) === (wanted as { eq: boolean }).eq;
      case "or":
        return (wanted as Test[]).some((one) => fits(value, one, me));
      case "and":
        return (wanted as Test[]).every((one) => fits(value, one, me));
      case "some":
        return (value as { nodes: unknown[] }).nodes.some((one) => fits(one, wanted as Test, me));
      default:
        return fits((value as Test | undefined)?.[name], wanted as Test, me);
    }
  });
}

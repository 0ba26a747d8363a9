/** Labels of the repository and of conversations, and who is assigned. */
import * as z from "zod";
import type { CodeHost } from "../../model/code-host.ts";
import { Failure } from "../../model/failure.ts";
import { Anything, type Client } from "./client.ts";

type LabelVerbs = Pick<CodeHost, "labels" | "ensureLabel" | "addLabels" | "removeLabels" | "assign">;

const read = "issues: read or pull-requests: read";
const write = "issues: write or pull-requests: write";
/** https://docs.github.com/rest/issues/assignees: more are not taken. */
const assigneesPerRequest = 10;

export function labelVerbs(client: Client): LabelVerbs {
  const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

  return {
    async labels() {
      const list = await client.list(
        { route: "GET /repos/{owner}/{repo}/labels", what: "read the labels", permission: read },
        Label,
      );
      return list.map(({ name, color, description }) => ({ name, color, description: description ?? "" }));
    },

    async ensureLabel({ name, color, description }) {
      const purpose = { what: `make the label ${name}`, permission: write };
      const find = () =>
        client.find({ route: "GET /repos/{owner}/{repo}/labels/{name}", params: { name }, ...purpose }, Label);
      const known = await find();
      const wanted = {
        ...(color === undefined ? {} : { color }),
        ...(description === undefined ? {} : { description }),
      };
      if (known === undefined) {
        await client.send(
          { route: "POST /repos/{owner}/{repo}/labels", params: { name, ...wanted }, ...purpose },
          Label,
          find,
        );
        return;
      }
      const isRight =
        (color === undefined || isSame(known.color, color)) &&
        (description === undefined || (known.description ?? "") === description);
      if (isRight) return;
      await client.send(
        { route: "PATCH /repos/{owner}/{repo}/labels/{name}", params: { name, ...wanted }, ...purpose },
        Label,
      );
    },

    async addLabels(number, labels) {
      if (labels.length === 0) return;
      // GitHub makes those that the repository lacks, and leaves alone those that are there.
      await client.send(
        {
          route: "POST /repos/{owner}/{repo}/issues/{number}/labels",
          params: { number, labels },
          what: `label #${number}`,
          permission: write,
        },
        Anything,
      );
    },

    async removeLabels(number, labels) {
      if (labels.length === 0) return;
      const purpose = { what: `remove labels of #${number}`, permission: write };
      const read = () =>
        client.list(
          { route: "GET /repos/{owner}/{repo}/issues/{number}/labels", params: { number }, ...purpose },
          Label,
        );
      for (const { name } of await read()) {
        if (!labels.some((label) => isSame(label, name))) continue;
        try {
          await client.send(
            {
              route: "DELETE /repos/{owner}/{repo}/issues/{number}/labels/{name}",
              params: { number, name },
              ...purpose,
            },
            Anything,
          );
        } catch (error) {
          // Somebody was faster, or the first attempt had done it.
          if (!(error instanceof Failure && error.code === "CF703")) throw error;
        }
      }
    },

    async assign(number, logins) {
      if (logins.length === 0) return { unknown: [] };
      const purpose = { what: `assign #${number}`, permission: write };
      const known: string[] = [];
      for (const login of new Set(logins)) {
        // A login that nobody has refuses all of them in some versions and is dropped in silence in others.
        const found = await client.find(
          { route: "GET /repos/{owner}/{repo}/assignees/{login}", params: { login }, ...purpose },
          Anything.transform(() => true),
        );
        if (found === true) known.push(login);
      }
      let there: readonly string[] = [];
      for (let at = 0; at < known.length; at += assigneesPerRequest) {
        const issue = await client.send(
          {
            route: "POST /repos/{owner}/{repo}/issues/{number}/assignees",
            params: { number, assignees: known.slice(at, at + assigneesPerRequest) },
            ...purpose,
          },
          z.object({ assignees: z.array(z.object({ login: z.string() })) }),
        );
        there = issue.assignees.map(({ login }) => login);
      }
      return { unknown: logins.filter((login) => !there.some((each) => isSame(each, login))) };
    },
  };
}

const Label = z.object({ name: z.string(), color: z.string(), description: z.string().nullish() });

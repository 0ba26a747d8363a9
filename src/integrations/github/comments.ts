/** The conversation of a pull request or an issue: comments of ours found again by their marker, and reactions. */
import type { CodeHost, HostComment, HostUser } from "../../model/code-host.ts";
import { findMarked, markerOf, withMarker } from "../../model/marker.ts";
import { Anything, type Client } from "./client.ts";
import { refused } from "./failures.ts";
import { commentOf, CommentShape, isSameText } from "./shapes.ts";

type CommentVerbs = Pick<CodeHost, "comments" | "ensureComment" | "deleteComment" | "react">;

const write = "pull-requests: write or issues: write";

export function commentVerbs(client: Client, viewer: () => Promise<HostUser>): CommentVerbs {
  async function comments(number: number): Promise<HostComment[]> {
    const list = await client.list(
      {
        route: "GET /repos/{owner}/{repo}/issues/{number}/comments",
        params: { number },
        what: `read the comments of #${number}`,
        permission: "pull-requests: read or issues: read",
      },
      CommentShape,
    );
    return list.map(commentOf);
  }

  async function find(number: number, key: string): Promise<HostComment | undefined> {
    const [{ login }, list] = await Promise.all([viewer(), comments(number)]);
    const ours = list.filter(({ author }) => author.login === login);
    return findMarked(ours, ({ body }) => body, "comment", key);
  }

  return {
    comments,

    async ensureComment(number, key, body) {
      const text = withMarker(body, markerOf("comment", key));
      const purpose = { what: `comment on #${number}`, permission: write };
      const known = await find(number, key);
      if (known !== undefined && isSameText(known.body, text)) return { comment: known, outcome: "unchanged" };
      if (known !== undefined) {
        const edited = await client.send(
          {
            route: "PATCH /repos/{owner}/{repo}/issues/comments/{id}",
            params: { id: known.id, body: text },
            ...purpose,
          },
          CommentShape.transform(commentOf),
        );
        return { comment: edited, outcome: "updated" };
      }
      const comment = await client.send(
        {
          route: "POST /repos/{owner}/{repo}/issues/{number}/comments",
          params: { number, body: text },
          makesContent: true,
          ...purpose,
        },
        CommentShape.transform(commentOf),
        () => find(number, key),
      );
      return { comment, outcome: "created" };
    },

    async deleteComment(id) {
      const what = `delete comment ${id}`;
      const read = () =>
        client.find(
          { route: "GET /repos/{owner}/{repo}/issues/comments/{id}", params: { id }, what, permission: write },
          CommentShape.transform(commentOf),
        );
      const [{ login }, known] = await Promise.all([viewer(), read()]);
      if (known === undefined) return;
      if (known.author.login !== login) throw refused(what, `${known.author.login} wrote it`);
      await client.send(
        { route: "DELETE /repos/{owner}/{repo}/issues/comments/{id}", params: { id }, what, permission: write },
        Anything,
        async () => ((await read()) === undefined ? true : undefined),
      );
    },

    async react({ kind, id }, content) {
      const places = { issue: "issues/{id}", comment: "issues/comments/{id}", "review-comment": "pulls/comments/{id}" };
      // The same reaction again is answered with the first one.
      await client.send(
        {
          route: `POST /repos/{owner}/{repo}/${places[kind]}/reactions`,
          params: { id, content },
          what: `react to ${kind} ${id}`,
          permission: write,
        },
        Anything,
      );
    },
  };
}

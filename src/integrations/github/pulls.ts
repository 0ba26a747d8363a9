/** Pull requests: read, proposed, brought up to date, merged. */
import * as z from "zod";
import type { ChangedFile, ChangeStatus } from "../../model/change.ts";
import type { CodeHost, HostPullRequest } from "../../model/code-host.ts";
import { Failure } from "../../model/failure.ts";
import { bodyLimit, cutMarkdown } from "../../model/marker.ts";
import { parseHunks } from "../../model/unified-diff.ts";
import { Anything, type Client, required } from "./client.ts";
import { isSameText, pullOf, PullShape } from "./shapes.ts";

type PullVerbs = Pick<
  CodeHost,
  | "pullRequest"
  | "pullRequests"
  | "pullRequestsOf"
  | "changedFiles"
  | "commits"
  | "updatePullRequest"
  | "ensurePullRequest"
  | "mergePullRequest"
  | "enableAutoMerge"
  | "requestReviewers"
>;

/** https://docs.github.com/rest/pulls/pulls#list-pull-requests-files */
const mostFiles = 3_000;
const read = "pull-requests: read";
const write = "pull-requests: write";

export function pullVerbs(client: Client): PullVerbs {
  const findShape = (number: number): Promise<PullShape | undefined> =>
    client.find(
      {
        route: "GET /repos/{owner}/{repo}/pulls/{number}",
        params: { number },
        what: `read pull request #${number}`,
        permission: read,
      },
      PullShape,
    );
  const requireShape = async (number: number): Promise<PullShape> =>
    required(await findShape(number), `pull request #${number}`);

  async function open(head: string, base: string): Promise<HostPullRequest | undefined> {
    // GitHub ignores a head that does not name its owner.
    const params = { state: "open", head: head.includes(":") ? head : `${client.owner}:${head}`, base };
    const [found] = await client.list(
      {
        route: "GET /repos/{owner}/{repo}/pulls",
        params,
        what: `look for a pull request of ${head}`,
        permission: read,
      },
      PullShape,
    );
    return found === undefined ? undefined : pullOf(await requireShape(found.number));
  }

  async function patch(number: number, params: Record<string, unknown>): Promise<HostPullRequest> {
    return client.send(
      {
        route: "PATCH /repos/{owner}/{repo}/pulls/{number}",
        params: { number, ...params },
        what: `update pull request #${number}`,
        permission: write,
      },
      PullShape.transform(pullOf),
    );
  }

  async function requestFrom(number: number, reviewers: readonly string[], teams: readonly string[]): Promise<void> {
    await client.send(
      {
        route: "POST /repos/{owner}/{repo}/pulls/{number}/requested_reviewers",
        params: { number, reviewers, team_reviewers: teams },
        what: `ask for reviews of #${number}`,
        permission: write,
      },
      Anything,
    );
  }

  return {
    async pullRequest(number) {
      const found = await findShape(number);
      return found === undefined ? undefined : pullOf(found);
    },

    async pullRequests({ state = "open", base, head, limit }) {
      const params = {
        state,
        sort: "updated",
        direction: "desc",
        ...(base === undefined ? {} : { base }),
        ...(head === undefined ? {} : { head: head.includes(":") ? head : `${client.owner}:${head}` }),
      };
      const list = await client.list(
        { route: "GET /repos/{owner}/{repo}/pulls", params, what: "list pull requests", permission: read },
        PullShape,
        limit === undefined ? {} : { limit },
      );
      return list.map(pullOf);
    },

    async pullRequestsOf(commits) {
      const found = new Map<number, HostPullRequest>();
      for (const sha of new Set(commits)) {
        const list = await client.list(
          {
            route: "GET /repos/{owner}/{repo}/commits/{sha}/pulls",
            params: { sha },
            what: `find the pull request of commit ${sha.slice(0, 10)}`,
            permission: read,
          },
          PullShape,
        );
        for (const pull of list.map(pullOf)) if (pull.isMerged) found.set(pull.number, pull);
      }
      return [...found.values()];
    },

    async changedFiles(number) {
      const files = await client.list(
        {
          route: "GET /repos/{owner}/{repo}/pulls/{number}/files",
          params: { number },
          what: `read the files of pull request #${number}`,
          permission: read,
        },
        FileShape,
      );
      return { files: files.map(fileOf), isWhole: files.length < mostFiles };
    },

    async commits(number) {
      const list = await client.list(
        {
          route: "GET /repos/{owner}/{repo}/pulls/{number}/commits",
          params: { number },
          what: `read the commits of pull request #${number}`,
          permission: read,
        },
        CommitShape,
      );
      return list.map(({ sha, commit, author }) => ({
        sha,
        message: commit.message,
        author: author?.login ?? commit.author?.name ?? "",
      }));
    },

    async updatePullRequest(number, change) {
      const shape = await requireShape(number);
      let pull = pullOf(shape);
      const body = change.body === undefined ? undefined : cutMarkdown(change.body, bodyLimit);
      const wanted = {
        ...(change.title === undefined || change.title === pull.title ? {} : { title: change.title }),
        ...(body === undefined || isSameText(body, pull.body) ? {} : { body }),
        ...(change.state === undefined || change.state === pull.state ? {} : { state: change.state }),
      };
      if (Object.keys(wanted).length > 0) pull = await patch(number, wanted);
      if (change.isDraft === undefined || change.isDraft === pull.isDraft) return pull;
      const verb = change.isDraft ? "convertPullRequestToDraft" : "markPullRequestReadyForReview";
      const input = change.isDraft ? "ConvertPullRequestToDraftInput" : "MarkPullRequestReadyForReviewInput";
      await client.mutate(
        { what: `change #${number} ${change.isDraft ? "to a draft" : "to ready for review"}`, permission: write },
        `mutation ($input: ${input}!) { ${verb}(input: $input) { clientMutationId } }`,
        { input: { pullRequestId: shape.node_id } },
        Anything,
      );
      return { ...pull, isDraft: change.isDraft };
    },

    async ensurePullRequest({ head, base, title, body, isDraft = false }) {
      const text = cutMarkdown(body, bodyLimit);
      const known = await open(head, base);
      if (known === undefined) {
        const pullRequest = await client.send(
          {
            route: "POST /repos/{owner}/{repo}/pulls",
            params: { head, base, title, body: text, draft: isDraft },
            what: `propose ${head}`,
            permission: write,
            makesContent: true,
          },
          PullShape.transform(pullOf),
          () => open(head, base),
        );
        return { pullRequest, outcome: "created" };
      }
      if (known.title === title && isSameText(known.body, text)) return { pullRequest: known, outcome: "unchanged" };
      return { pullRequest: await patch(known.number, { title, body: text }), outcome: "updated" };
    },

    async mergePullRequest(number, { sha, method, title }) {
      const isMerged = async (): Promise<true | undefined> =>
        pullOf(await requireShape(number)).isMerged ? true : undefined;
      if (await isMerged()) return { outcome: "unchanged" };
      await client.send(
        {
          route: "PUT /repos/{owner}/{repo}/pulls/{number}/merge",
          params: { number, sha, merge_method: method, ...(title === undefined ? {} : { commit_title: title }) },
          what: `merge #${number}`,
          permission: "contents: write",
        },
        z.union([z.object({ merged: z.literal(true) }).transform((): true => true), z.literal(true)]),
        isMerged,
      );
      return { outcome: "merged" };
    },

    async enableAutoMerge(number, method) {
      const shape = await requireShape(number);
      const { hasAutoMerge, isMerged } = pullOf(shape);
      if (hasAutoMerge || isMerged) return { outcome: "unchanged" };
      await client.mutate(
        { what: `let #${number} merge by itself`, permission: "contents: write and pull-requests: write" },
        `mutation ($input: EnablePullRequestAutoMergeInput!) {
          enablePullRequestAutoMerge(input: $input) { clientMutationId }
        }`,
        { input: { pullRequestId: shape.node_id, mergeMethod: method.toUpperCase() } },
        Anything,
      );
      return { outcome: "enabled" };
    },

    async requestReviewers(number, { users, teams }) {
      const all = [...users, ...teams];
      if (all.length === 0) return { requested: [], refused: [] };
      try {
        await requestFrom(number, users, teams);
        return { requested: all, refused: [] };
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
      // One who cannot review refuses all of them.
      const requested: string[] = [];
      for (const name of all) {
        try {
          await requestFrom(number, users.includes(name) ? [name] : [], users.includes(name) ? [] : [name]);
          requested.push(name);
        } catch (error) {
          if (!isRefusal(error)) throw error;
        }
      }
      return { requested, refused: all.filter((name) => !requested.includes(name)) };
    },
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof Failure && error.code === "CF702";
}

const CommitShape = z.object({
  sha: z.string(),
  commit: z.object({ message: z.string(), author: z.object({ name: z.string().optional() }).nullish() }),
  author: z.object({ login: z.string().optional() }).nullish(),
});

const FileShape = z.object({
  filename: z.string(),
  previous_filename: z.string().optional(),
  status: z.string(),
  additions: z.number(),
  deletions: z.number(),
  patch: z.string().optional(),
  sha: z.string().nullish(),
});

const statuses: Readonly<Record<string, ChangeStatus>> = {
  added: "added",
  removed: "removed",
  renamed: "renamed",
  copied: "copied",
};
const emptyBlob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

function fileOf(file: z.infer<typeof FileShape>): ChangedFile {
  const { patch, additions, deletions } = file;
  const isSilent = patch === undefined && additions + deletions === 0;
  // Without a patch and without lines: binary, an empty file, a pure rename, or a change of mode (`changed`).
  const isBinary = isSilent && file.sha !== emptyBlob && ["added", "modified", "removed"].includes(file.status);
  const hunks = patch === undefined ? (isSilent && !isBinary ? [] : undefined) : parseHunks(patch);
  return {
    path: file.filename,
    ...(file.previous_filename === undefined ? {} : { previousPath: file.previous_filename }),
    status: statuses[file.status] ?? (file.status === "changed" && patch !== undefined ? "type-changed" : "modified"),
    additions,
    deletions,
    isBinary,
    ...(hunks === undefined ? {} : { hunks }),
  };
}

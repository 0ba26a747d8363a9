/** Branches, tags, releases, and files at a ref. */
import * as z from "zod";
import type { CodeHost, HostRelease, HostRepository } from "../../model/code-host.ts";
import { Failure } from "../../model/failure.ts";
import { bodyLimit, cutMarkdown } from "../../model/marker.ts";
import { Anything, type Client } from "./client.ts";
import { refused } from "./failures.ts";
import { isSameText } from "./shapes.ts";

type ReleaseVerbs = Pick<
  CodeHost,
  "branches" | "deleteBranch" | "tags" | "ensureTag" | "releases" | "ensureRelease" | "readFile"
>;

const read = "contents: read";
const write = "contents: write";

export function releaseVerbs(client: Client, repository: () => Promise<HostRepository>): ReleaseVerbs {
  async function releases(): Promise<HostRelease[]> {
    const list = await client.list(
      { route: "GET /repos/{owner}/{repo}/releases", what: "read the releases", permission: read },
      Release,
    );
    return list.map(releaseOf);
  }

  /** A tag may have drafts beside its release. */
  async function findRelease(tag: string): Promise<HostRelease | undefined> {
    const found = (await releases()).filter((release) => release.tag === tag);
    return found.find(({ isDraft }) => !isDraft) ?? found[0];
  }

  /** Of an annotated tag, the commit behind it. */
  async function tagged(name: string): Promise<string | undefined> {
    const purpose = { what: `read tag ${name}`, permission: read };
    const ref = await client.find(
      { route: "GET /repos/{owner}/{repo}/git/ref/{ref}", params: { ref: `tags/${name}` }, ...purpose },
      Ref,
    );
    if (ref?.object.type !== "tag") return ref?.object.sha;
    const tag = await client.get(
      { route: "GET /repos/{owner}/{repo}/git/tags/{sha}", params: { sha: ref.object.sha }, ...purpose },
      Ref,
    );
    return tag.object.sha;
  }

  return {
    async branches() {
      const list = await client.list(
        { route: "GET /repos/{owner}/{repo}/branches", what: "list the branches", permission: read },
        Branch,
      );
      return list.map((branch) => ({ name: branch.name, sha: branch.commit.sha, isProtected: branch.protected }));
    },

    async deleteBranch(name, sha) {
      const purpose = { what: `delete branch ${name}`, permission: write };
      const find = () =>
        client.find({ route: "GET /repos/{owner}/{repo}/branches/{name}", params: { name }, ...purpose }, Branch);
      const [branch, { defaultBranch }] = await Promise.all([find(), repository()]);
      if (branch === undefined) return { outcome: "unchanged" };
      if (name === defaultBranch) return { outcome: "refused", reason: "it is the default branch" };
      if (branch.protected) return { outcome: "refused", reason: "it is protected" };
      if (branch.commit.sha !== sha) {
        return { outcome: "refused", reason: `it has moved to ${branch.commit.sha.slice(0, 12)}` };
      }
      try {
        await client.send(
          { route: "DELETE /repos/{owner}/{repo}/git/refs/{ref}", params: { ref: `heads/${name}` }, ...purpose },
          Anything,
          async () => ((await find()) === undefined ? true : undefined),
        );
      } catch (error) {
        if (!(error instanceof Failure && error.code === "CF702")) throw error;
        if (/does not exist/i.test(error.why ?? "")) return { outcome: "unchanged" };
        return { outcome: "refused", reason: error.why ?? error.message };
      }
      return { outcome: "deleted" };
    },

    async tags() {
      const list = await client.list(
        { route: "GET /repos/{owner}/{repo}/tags", what: "list the tags", permission: read },
        z.object({ name: z.string(), commit: z.object({ sha: z.string() }) }),
      );
      return list.map(({ name, commit }) => ({ name, sha: commit.sha }));
    },

    async ensureTag(name, sha) {
      const what = `make tag ${name}`;
      const known = await tagged(name);
      if (known === sha) return { outcome: "unchanged" };
      if (known !== undefined) throw refused(`move tag ${name}`, `it is at ${known.slice(0, 12)}, and tags stay`);
      await client.send(
        {
          route: "POST /repos/{owner}/{repo}/git/refs",
          params: { ref: `refs/tags/${name}`, sha },
          what,
          permission: write,
        },
        Anything,
        async () => ((await tagged(name)) === sha ? true : undefined),
      );
      return { outcome: "created" };
    },

    releases,

    async ensureRelease(draft) {
      const purpose = { what: `make release ${draft.tag}`, permission: write };
      const body = cutMarkdown(draft.body, bodyLimit);
      const fields = { tag_name: draft.tag, name: draft.name, body, prerelease: draft.isPrerelease ?? false };
      const target = { target_commitish: draft.target, draft: draft.isDraft };
      const known =
        (await findRelease(draft.tag)) ??
        (draft.replaces === undefined
          ? undefined
          : (await releases()).find(({ tag, isDraft }) => isDraft && tag === draft.replaces));
      if (known === undefined) {
        const release = await client.send(
          {
            route: "POST /repos/{owner}/{repo}/releases",
            params: { ...fields, ...target },
            makesContent: true,
            ...purpose,
          },
          Release.transform(releaseOf),
          () => findRelease(draft.tag),
        );
        return { release, outcome: "created" };
      }
      const isSame =
        known.tag === draft.tag &&
        known.name === draft.name &&
        isSameText(known.body, body) &&
        known.isPrerelease === fields.prerelease &&
        // Where a published one points is its tag's business.
        (!known.isDraft || (draft.isDraft && known.target === draft.target));
      if (isSame) return { release: known, outcome: "unchanged" };
      const release = await client.send(
        {
          route: "PATCH /repos/{owner}/{repo}/releases/{id}",
          params: { id: known.id, ...fields, ...(known.isDraft ? target : {}) },
          ...purpose,
        },
        Release.transform(releaseOf),
      );
      return { release, outcome: "updated" };
    },

    async readFile(path, ref) {
      const purpose = { what: `read ${path} at ${ref}`, permission: read };
      const found = await client.find(
        { route: "GET /repos/{owner}/{repo}/contents/{+path}", params: { path: encodeURI(path), ref }, ...purpose },
        z.union([FileShape, z.array(z.unknown()).transform(() => undefined)]),
      );
      if (found === undefined || found.type !== "file") return undefined;
      if (found.encoding === "base64" && typeof found.content === "string") return Buffer.from(found.content, "base64");
      // Above a megabyte the content is left out.
      const blob = await client.get(
        { route: "GET /repos/{owner}/{repo}/git/blobs/{sha}", params: { sha: found.sha }, ...purpose },
        z.object({ content: z.string(), encoding: z.literal("base64") }),
      );
      return Buffer.from(blob.content, "base64");
    },
  };
}

const Branch = z.object({ name: z.string(), commit: z.object({ sha: z.string() }), protected: z.boolean() });
const Ref = z.object({ object: z.object({ sha: z.string(), type: z.string() }) });
const FileShape = z.object({
  type: z.string(),
  sha: z.string(),
  encoding: z.string().optional(),
  content: z.string().optional(),
});
const Release = z.object({
  id: z.number(),
  tag_name: z.string(),
  target_commitish: z.string(),
  name: z.string().nullish(),
  body: z.string().nullish(),
  draft: z.boolean(),
  prerelease: z.boolean(),
  created_at: z.string(),
  published_at: z.string().nullish(),
  html_url: z.string(),
});

function releaseOf(release: z.infer<typeof Release>): HostRelease {
  return {
    id: release.id,
    tag: release.tag_name,
    name: release.name ?? "",
    body: release.body ?? "",
    isDraft: release.draft,
    isPrerelease: release.prerelease,
    target: release.target_commitish,
    createdAt: release.created_at,
    ...(typeof release.published_at === "string" ? { publishedAt: release.published_at } : {}),
    url: release.html_url,
  };
}

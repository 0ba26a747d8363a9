/** Files and folders, and the git database below them: refs, trees, blobs, commits. */
import * as z from "zod";
import { bytes, created, noContent, ok, type Reply, type RepositoryCall } from "../http/call.ts";
import { type Route, repositoryRoute } from "../http/router.ts";
import { commitShape, refShape } from "../shapes/commits.ts";
import { repositoryApi, repositoryPage } from "../shapes/links.ts";
import { makeCommit } from "../world/commits.ts";
import { git, isAncestor, listCommits, readBlob, resolveCommit, tryGit } from "../world/git.ts";
import { refsMoved } from "../world/pulls.ts";
import { notFound, Refusal } from "../world/refusal.ts";

interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
  readonly size: number | undefined;
  readonly path: string;
}

function listTree(dir: string, treeish: string, recursive: boolean): TreeEntry[] | undefined {
  const result = tryGit(dir, ["ls-tree", "-z", "-l", ...(recursive ? ["-r", "-t"] : []), treeish]);
  if (result.status !== 0) return undefined;
  return result.stdout
    .toString()
    .split("\0")
    .flatMap((line) => {
      const match = /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t(.*)$/s.exec(line);
      if (match === null) return [];
      const [, mode = "", type = "", sha = "", size = "-", path = ""] = match;
      return [{ mode, type, sha, size: size === "-" ? undefined : Number(size), path }];
    });
}

function contentLinks(call: RepositoryCall, path: string, ref: string, sha: string) {
  const self = repositoryApi(call.world, call.repository, `/contents/${path}?ref=${ref}`);
  const html = repositoryPage(call.world, call.repository, `/blob/${ref}/${path}`);
  const blob = repositoryApi(call.world, call.repository, `/git/blobs/${sha}`);
  const download = repositoryPage(call.world, call.repository, `/raw/${ref}/${path}`);
  return {
    url: self,
    html_url: html,
    git_url: blob,
    download_url: download,
    _links: { self, git: blob, html },
  };
}

function getContents(call: RepositoryCall): Reply {
  const { gitDir, defaultBranch } = call.repository;
  const path = (call.params["path"] ?? "").replace(/^\/+|\/+$/g, "");
  const ref = call.query.get("ref") ?? defaultBranch;
  const commit = resolveCommit(gitDir, ref.replace(/^refs\/(heads|tags)\//, ""));
  if (commit === undefined) throw new Refusal(404, `No commit found for the ref ${ref}`);
  const raw = /\.raw\b/.test(call.accept);
  const entry = path === "" ? undefined : listTree(gitDir, commit, true)?.find((each) => each.path === path);
  if (path !== "" && entry === undefined) throw notFound();
  if (entry !== undefined && entry.type === "blob") {
    const content = readBlob(gitDir, commit, path) ?? Buffer.alloc(0);
    if (raw) return bytes(content, "application/vnd.github.raw; charset=utf-8");
    return ok({
      type: entry.mode === "120000" ? "symlink" : "file",
      encoding: "base64",
      size: content.length,
      name: path.split("/").at(-1),
      path,
      content: content.toString("base64").replace(/(.{60})/g, "$1\n"),
      sha: entry.sha,
      ...contentLinks(call, path, ref, entry.sha),
    });
  }
  const inside = listTree(gitDir, path === "" ? commit : `${commit}:${path}`, false) ?? [];
  return ok(
    inside.map((each) => {
      const full = path === "" ? each.path : `${path}/${each.path}`;
      const type = each.type === "tree" ? "dir" : each.type === "commit" ? "submodule" : "file";
      return {
        type,
        size: each.size ?? 0,
        name: each.path,
        path: full,
        sha: each.sha,
        ...contentLinks(call, full, ref, each.sha),
      };
    }),
  );
}

const Person = z.object({ name: z.string(), email: z.string() });
const PutFile = z.object({
  message: z.string(),
  content: z.string().optional(),
  sha: z.string().optional(),
  branch: z.string().optional(),
  committer: Person.optional(),
  author: Person.optional(),
});

function writeContents(call: RepositoryCall, deletes: boolean): Reply {
  const input = call.read(PutFile);
  const { world, repository, user } = call;
  const path = call.param("path");
  const branch = input.branch ?? repository.defaultBranch;
  const parent = repository.refs.get(`refs/heads/${branch}`);
  if (parent === undefined && repository.refs.size > 0) throw new Refusal(404, `Branch ${branch} not found`);
  const known = parent === undefined ? undefined : listTree(repository.gitDir, parent, true);
  const before = known?.find((each) => each.path === path)?.sha;
  if (deletes && before === undefined) throw notFound();
  if (before !== undefined && input.sha === undefined)
    throw new Refusal(422, `Invalid request.\n\n"sha" wasn't supplied.`);
  if (input.sha !== undefined && input.sha !== before) throw new Refusal(409, `${path} does not match ${input.sha}`);
  const sha = makeCommit(repository.gitDir, {
    ref: `refs/heads/${branch}`,
    parent,
    message: input.message,
    files: { [path]: deletes ? null : Buffer.from(input.content ?? "", "base64") },
    identity: { ...(input.author ?? { name: user.name, email: user.email }), date: world.now() },
  });
  refsMoved(world, repository, user);
  const [facts] = listCommits(repository.gitDir, ["-1", sha]);
  const entry = listTree(repository.gitDir, sha, true)?.find((each) => each.path === path);
  const content =
    entry === undefined
      ? null
      : {
          type: "file",
          name: path.split("/").at(-1),
          path,
          sha: entry.sha,
          size: entry.size ?? 0,
          ...contentLinks(call, path, branch, entry.sha),
        };
  const json = {
    content,
    commit: facts === undefined ? {} : { ...commitShape(world, repository, facts), message: facts.message },
  };
  return { status: before === undefined ? 201 : 200, json };
}

const CreateRef = z.object({ ref: z.string(), sha: z.string() });
const UpdateRef = z.object({ sha: z.string(), force: z.boolean().optional() });

function requireCommit(call: RepositoryCall, sha: string): string {
  const full = tryGit(call.repository.gitDir, ["cat-file", "-e", `${sha}^{commit}`]).status === 0;
  if (!full) throw new Refusal(422, "Object does not exist");
  return sha;
}

function moveRef(call: RepositoryCall, ref: string, sha: string | undefined): void {
  const args = sha === undefined ? ["update-ref", "-d", ref] : ["update-ref", ref, sha];
  git(call.repository.gitDir, args);
  refsMoved(call.world, call.repository, call.user);
}

export const contentRoutes: readonly Route[] = [
  repositoryRoute("GET", "/contents", "contents:read", getContents),
  repositoryRoute("GET", "/contents/*path", "contents:read", getContents),
  repositoryRoute("PUT", "/contents/*path", "contents:write", (call) => writeContents(call, false)),
  repositoryRoute("DELETE", "/contents/*path", "contents:write", (call) => writeContents(call, true)),

  repositoryRoute("GET", "/git/ref/*ref", "contents:read", (call) => {
    const ref = `refs/${call.param("ref")}`;
    const result = tryGit(call.repository.gitDir, ["rev-parse", "--verify", "--quiet", ref]);
    if (result.status !== 0) throw notFound();
    return ok(refShape(call.world, call.repository, ref, result.stdout.toString().trim()));
  }),

  repositoryRoute("GET", "/git/matching-refs/*ref", "contents:read", (call) => {
    const prefix = `refs/${call.param("ref")}`;
    const found = [...call.repository.refs].filter(([ref]) => ref.startsWith(prefix));
    return call.page(found, ([ref, sha]) => refShape(call.world, call.repository, ref, sha));
  }),

  repositoryRoute("POST", "/git/refs", "contents:write", (call) => {
    const input = call.read(CreateRef);
    if (!/^refs\/(heads|tags)\/./.test(input.ref)) {
      throw new Refusal(422, `Reference name must start with 'refs' and have at least two slashes.`);
    }
    if (call.repository.refs.has(input.ref)) throw new Refusal(422, "Reference already exists");
    const sha = requireCommit(call, input.sha);
    moveRef(call, input.ref, sha);
    return created(refShape(call.world, call.repository, input.ref, sha));
  }),

  repositoryRoute("PATCH", "/git/refs/*ref", "contents:write", (call) => {
    const input = call.read(UpdateRef);
    const ref = `refs/${call.param("ref")}`;
    const before = call.repository.refs.get(ref);
    if (before === undefined) throw new Refusal(422, "Reference does not exist");
    const sha = requireCommit(call, input.sha);
    if (input.force !== true && !isAncestor(call.repository.gitDir, before, sha)) {
      throw new Refusal(422, "Update is not a fast forward");
    }
    moveRef(call, ref, sha);
    return ok(refShape(call.world, call.repository, ref, sha));
  }),

  repositoryRoute("DELETE", "/git/refs/*ref", "contents:write", (call) => {
    const ref = `refs/${call.param("ref")}`;
    if (!call.repository.refs.has(ref)) throw new Refusal(422, "Reference does not exist");
    const branch = ref.replace(/^refs\/heads\//, "");
    if (branch === call.repository.defaultBranch) throw new Refusal(422, "Cannot delete the default branch");
    if (call.repository.protections.has(branch)) throw new Refusal(422, "Cannot delete this protected branch");
    moveRef(call, ref, undefined);
    return noContent;
  }),

  repositoryRoute("GET", "/git/trees/:sha", "contents:read", (call) => {
    const { world, repository } = call;
    const name = call.param("sha");
    const tree = resolveCommit(repository.gitDir, name) ?? name;
    const entries = listTree(repository.gitDir, tree, call.query.has("recursive"));
    if (entries === undefined) throw notFound();
    const sha = git(repository.gitDir, ["rev-parse", `${tree}^{tree}`]).trim();
    return ok({
      sha,
      url: repositoryApi(world, repository, `/git/trees/${sha}`),
      tree: entries.map((entry) => ({
        ...entry,
        url: repositoryApi(world, repository, `/git/${entry.type}s/${entry.sha}`),
      })),
      truncated: false,
    });
  }),

  repositoryRoute("GET", "/git/blobs/:sha", "contents:read", (call) => {
    const sha = call.param("sha");
    const result = tryGit(call.repository.gitDir, ["cat-file", "blob", sha]);
    if (result.status !== 0) throw notFound();
    if (/\.raw\b/.test(call.accept)) return bytes(result.stdout, "application/vnd.github.raw; charset=utf-8");
    return ok({
      sha,
      node_id: `B_${sha}`,
      size: result.stdout.length,
      url: repositoryApi(call.world, call.repository, `/git/blobs/${sha}`),
      content: result.stdout.toString("base64").replace(/(.{60})/g, "$1\n"),
      encoding: "base64",
    });
  }),

  repositoryRoute("POST", "/git/blobs", "contents:write", (call) => {
    const input = call.read(z.object({ content: z.string(), encoding: z.enum(["utf-8", "base64"]).optional() }));
    const content = Buffer.from(input.content, input.encoding === "base64" ? "base64" : "utf8");
    const sha = git(call.repository.gitDir, ["hash-object", "-w", "--stdin"], { input: content }).trim();
    return created({ sha, url: repositoryApi(call.world, call.repository, `/git/blobs/${sha}`) });
  }),

  repositoryRoute("GET", "/git/commits/:sha", "contents:read", (call) => {
    const sha = resolveCommit(call.repository.gitDir, call.param("sha"));
    const [commit] = sha === undefined ? [] : listCommits(call.repository.gitDir, ["-1", sha]);
    if (commit === undefined) throw notFound();
    const shape = commitShape(call.world, call.repository, commit);
    return ok({ ...shape.commit, sha: shape.sha, node_id: shape.node_id, parents: shape.parents });
  }),
];

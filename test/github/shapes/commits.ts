/** Commits, references and trees as the API shows them. */
import type { RestEndpointMethodTypes as Rest } from "@octokit/rest";
import type { FileChange } from "../world/diff.ts";
import type { CommitFacts } from "../world/git.ts";
import { nodeId } from "../world/ids.ts";
import type { Repository, User, World } from "../world/state.ts";
import { repositoryApi, repositoryPage } from "./links.ts";
import { userShape } from "./people.ts";
import { fileShape } from "./pulls.ts";

type CommitShape = Rest["repos"]["getCommit"]["response"]["data"];

function userByEmail(world: World, email: string): User | undefined {
  return [...world.users.values()].find((user) => user.email === email);
}

export function commitShape(
  world: World,
  repository: Repository,
  commit: CommitFacts,
  files?: readonly FileChange[],
): CommitShape {
  const url = repositoryApi(world, repository, `/commits/${commit.sha}`);
  const author = userByEmail(world, commit.authorEmail);
  const committer = userByEmail(world, commit.committerEmail);
  const sum = (count: (file: FileChange) => number): number =>
    (files ?? []).reduce((total, file) => total + count(file), 0);
  const additions = sum((file) => file.additions);
  const deletions = sum((file) => file.deletions);
  return {
    sha: commit.sha,
    node_id: `C_${commit.sha}`,
    url,
    html_url: repositoryPage(world, repository, `/commit/${commit.sha}`),
    comments_url: `${url}/comments`,
    commit: {
      url: repositoryApi(world, repository, `/git/commits/${commit.sha}`),
      author: { name: commit.authorName, email: commit.authorEmail, date: commit.authorDate },
      committer: { name: commit.committerName, email: commit.committerEmail, date: commit.committerDate },
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: repositoryApi(world, repository, `/git/trees/${commit.tree}`) },
      verification: { verified: false, reason: "unsigned", payload: null, signature: null, verified_at: null },
    },
    author: author === undefined ? null : userShape(world, author),
    committer: committer === undefined ? null : userShape(world, committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: repositoryApi(world, repository, `/commits/${sha}`),
      html_url: repositoryPage(world, repository, `/commit/${sha}`),
    })),
    ...(files === undefined
      ? {}
      : {
          stats: { additions, deletions, total: additions + deletions },
          files: files.map((file) => fileShape(world, repository, commit.sha, file)),
        }),
  };
}

type RefShape = Rest["git"]["getRef"]["response"]["data"];

export function refShape(world: World, repository: Repository, ref: string, sha: string): RefShape {
  return {
    ref,
    node_id: nodeId("RE", repository.id) + ref,
    url: repositoryApi(world, repository, `/git/${ref}`),
    object: { sha, type: "commit", url: repositoryApi(world, repository, `/git/commits/${sha}`) },
  };
}

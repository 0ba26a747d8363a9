/** The people of the local GitHub: what others do on it while a contract is tested against GitHub's adapter. */
import { onTestFinished } from "vitest";
import { createGithubHost } from "../../src/integrations/github/index.ts";
import type { GithubOptions } from "../../src/integrations/github/client.ts";
import { createGithubServer, type GithubServer, type SeededRepository } from "../github/index.ts";
import type { HostStage } from "./code-host.ts";

const silent = { warn: () => {}, info: () => {}, debug: () => {} };

/** A client without long waits: what counts as a second is a few milliseconds. */
export function quickOptions(github: GithubServer, slug: string, token: string): GithubOptions {
  const clock = { now: () => new Date(), monotonic: () => performance.now() };
  return { slug, token, baseUrl: github.apiUrl, log: silent, clock, second: 3, timeoutMs: 5_000 };
}

export async function startRepository(): Promise<{
  readonly github: GithubServer;
  readonly repository: SeededRepository;
}> {
  const github = await createGithubServer();
  onTestFinished(() => github.close());
  const repository = github.addRepository({ owner: "octo", name: "demo", files: { "README.md": "# Demo\n" } });
  return { github, repository };
}

export async function githubStage(): Promise<HostStage> {
  const { github, repository } = await startRepository();
  const token = github.installationToken(repository.fullName);
  const messageOf = (message: string) => ({ message });
  return {
    host: createGithubHost(quickOptions(github, repository.fullName, token)),
    async person(login, permission) {
      github.addUser({ login });
      repository.collaborator(login, permission);
    },
    async commit(branch, files, message) {
      return repository.commit({ branch, files, ...messageOf(message) });
    },
    async protect(branch, requiredChecks) {
      repository.protect(branch, requiredChecks);
    },
    async createPullRequest({ author, branch, files, title, body = "", isDraft = false }) {
      const headSha = repository.commit({ branch, files, message: title, as: author });
      const { number } = repository.openPull({ head: branch, as: author, title, body, draft: isDraft });
      return { number, headSha };
    },
    async push(number, files, message) {
      const { state } = repository.pull(number);
      return repository.commit({ branch: state.pull.headRef, files, message, as: state.author.login });
    },
    async createIssue(author, title) {
      return repository.openIssue({ title, as: author }).number;
    },
    async comment(number, login, body) {
      const issue = repository.state.issues.get(number);
      if (issue === undefined) throw new Error(`there is no #${number}`);
      return repository.pull(number).comment(login, body).id;
    },
    async editComment(id, body) {
      const number = repository.state.comments.get(id)?.issue.number ?? 0;
      repository.pull(number).editComment(id, body);
    },
    async reviewComment(number, login, path, line, body) {
      return repository.pull(number).commentOnLine(login, { path, line, body }).id;
    },
    async reply(number, commentId, login, body) {
      return repository.pull(number).reply(login, commentId, body).id;
    },
    async resolveThread(number, commentId, login) {
      repository.pull(number).resolve(login, commentId);
    },
    async approve(number, login) {
      repository.pull(number).review(login, "APPROVE");
    },
    async setCheck(sha, name, state) {
      repository.status({ sha, context: name, state });
    },
    async workflowRun({ branch, log }) {
      const jobs = [{ name: "build", log, conclusion: "failure" as const }];
      return repository.workflowRun({
        headBranch: branch,
        headSha: repository.sha(branch),
        conclusion: "failure",
        jobs,
      });
    },
    async annotations(sha, name) {
      return [...repository.state.checkRuns.values()]
        .filter((run) => run.headSha === sha && run.name === name)
        .flatMap((run) => run.annotations).length;
    },
    async reactions(commentId) {
      return repository.state.comments.get(commentId)?.reactions.length ?? 0;
    },
  };
}

/** GitHub's issues keep the tracker's contract, on a local GitHub. */
import { createGithubTracker } from "../../src/integrations/github/index.ts";
import { quickOptions, startRepository } from "./github-stage.ts";
import { trackerContract } from "./tracker.ts";

trackerContract("GitHub", async () => {
  const { github, repository } = await startRepository();
  for (const login of ["octocat", "hubot"]) repository.collaborator(login, "write");
  const token = github.installationToken(repository.fullName);
  // What people do on the page goes by the same API, in their own names.
  const as = async (login: string, method: string, path: string, body: unknown): Promise<{ number: number }> => {
    const answer = await fetch(`${github.apiUrl}/repos/${repository.fullName}${path}`, {
      method,
      headers: { authorization: `token ${github.personalToken(login)}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { number: number };
  };
  return {
    tracker: createGithubTracker(quickOptions(github, repository.fullName, token)),
    people: ["octocat", "hubot"],
    async createIssue(author, title, body, labels) {
      return String(repository.openIssue({ as: author, title, body, labels }).number);
    },
    async edit(id, to) {
      await as("octocat", "PATCH", `/issues/${id}`, to);
    },
    async prioritise(id, priority) {
      const found = (await as("octocat", "GET", `/issues/${id}`, undefined)) as unknown as {
        labels: { name: string }[];
      };
      const labels = found.labels.map(({ name }) => name).filter((name) => !name.startsWith("priority: "));
      await as("octocat", "PATCH", `/issues/${id}`, { labels: [...labels, `priority: ${priority}`] });
    },
    async close(id, login, reason) {
      await as(login, "PATCH", `/issues/${id}`, { state: "closed", state_reason: reason.replace("-", "_") });
    },
    async comment(id, login, body) {
      await as(login, "POST", `/issues/${id}/comments`, { body });
    },
  };
});

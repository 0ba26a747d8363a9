/** Issue search with the qualifiers that clients use to find their own issues again. */
import { ok } from "../http/call.ts";
import { isVisible, type Route, route } from "../http/router.ts";
import { issueShape } from "../shapes/issues.ts";
import { commentsOf } from "../world/issues.ts";
import { validationFailed } from "../world/refusal.ts";
import { fullName, isPullIssue, type Issue, type Repository } from "../world/state.ts";

interface Query {
  readonly qualifiers: readonly { readonly name: string; readonly value: string; readonly negated: boolean }[];
  readonly words: readonly string[];
}

/** `-label:"good first issue" in:body "some text" word` */
function parseQuery(text: string): Query {
  const qualifiers: { name: string; value: string; negated: boolean }[] = [];
  const words: string[] = [];
  for (const match of text.matchAll(/(-?)(?:([\w-]+):)?(?:"([^"]*)"|(\S+))/g)) {
    const [, minus = "", name, quoted, bare] = match;
    const value = (quoted ?? bare ?? "").toLowerCase();
    if (name === undefined) words.push(value);
    else qualifiers.push({ name, value, negated: minus === "-" });
  }
  return { qualifiers, words };
}

function satisfies(repository: Repository, issue: Issue, name: string, value: string): boolean {
  switch (name) {
    case "repo":
      return fullName(repository).toLowerCase() === value;
    case "user":
    case "org":
      return repository.owner.login.toLowerCase() === value;
    case "is":
    case "type":
      return isState(issue, value);
    case "state":
      return issue.state === value;
    case "label":
      return issue.labels.some((label) => label.toLowerCase() === value);
    case "author":
      return issue.author.login.toLowerCase() === value.replace(/^app\/(.*)$/, "$1[bot]");
    case "head":
      return issue.pull?.headRef.toLowerCase() === value;
    case "base":
      return issue.pull?.baseRef.toLowerCase() === value;
    case "reason":
      return (issue.stateReason ?? "").replace("_", " ") === value;
    case "in":
      return true;
    default:
      throw validationFailed({ resource: "Search", field: "q", code: "invalid" });
  }
}

function isState(issue: Issue, value: string): boolean {
  switch (value) {
    case "issue":
      return issue.pull === undefined;
    case "pr":
    case "pull-request":
      return issue.pull !== undefined;
    case "merged":
      return isPullIssue(issue) && issue.pull.mergedAt !== null;
    case "draft":
      return issue.pull?.draft === true;
    case "public":
      return true;
    default:
      return issue.state === value;
  }
}

export const searchRoutes: readonly Route[] = [
  route("GET", "/search/issues", (call) => {
    const text = call.query.get("q") ?? "";
    if (text === "") throw validationFailed({ resource: "Search", field: "q", code: "missing" });
    const { qualifiers, words } = parseQuery(text);
    const places = qualifiers.flatMap(({ name, value }) => (name === "in" ? value.split(",") : []));
    const within = places.length === 0 ? ["title", "body"] : places;
    const hits: { repository: Repository; issue: Issue }[] = [];
    for (const repository of call.world.repositories.values()) {
      if (!isVisible(repository, call.viewer)) continue;
      for (const issue of repository.issues.values()) {
        const said = [
          ...(within.includes("title") ? [issue.title] : []),
          ...(within.includes("body") ? [issue.body] : []),
          ...(within.includes("comments") ? commentsOf(repository, issue).map((comment) => comment.body) : []),
        ]
          .join("\n")
          .toLowerCase();
        const fits = qualifiers.every(
          ({ name, value, negated }) => satisfies(repository, issue, name, value) !== negated,
        );
        if (fits && words.every((word) => said.includes(word))) hits.push({ repository, issue });
      }
    }
    hits.sort((a, b) => b.issue.createdAt.getTime() - a.issue.createdAt.getTime() || b.issue.id - a.issue.id);
    return call.page(
      hits,
      ({ repository, issue }) => ({ ...issueShape(call.world, repository, issue), score: 1 }),
      (items) => ({ total_count: hits.length, incomplete_results: false, items }),
    );
  }),
  route("GET", "/zen", () => ok("Keep it logically awesome.")),
];

/** Addresses of things: the API's and the web pages'. */
import { fullName, type Issue, type Repository, type World } from "../world/state.ts";

/** GitHub Enterprise Server's base path, so that `url` fields look like those of a real installation. */
export function apiUrl(world: World, path = ""): string {
  return `${world.url}/api/v3${path}`;
}

export function repositoryApi(world: World, repository: Repository, path = ""): string {
  return apiUrl(world, `/repos/${fullName(repository)}${path}`);
}

export function repositoryPage(world: World, repository: Repository, path = ""): string {
  return `${world.url}/${fullName(repository)}${path}`;
}

export function issuePage(world: World, repository: Repository, issue: Issue): string {
  return repositoryPage(world, repository, `/${issue.pull === undefined ? "issues" : "pull"}/${issue.number}`);
}

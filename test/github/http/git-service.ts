/** Serves clone, fetch and push over smart HTTP by git's own CGI program. */
import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gitEnvironment } from "../world/git.ts";
import { refsMoved } from "../world/pulls.ts";
import { isAtLeast, roleOf } from "../world/repositories.ts";
import { type Repository, repositoryByName, type World } from "../world/state.ts";
import type { Viewer } from "./call.ts";
import { isVisible } from "./router.ts";

const gitPath = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

export function isGitPath(path: string): boolean {
  return gitPath.test(path);
}

function mayPush(repository: Repository, viewer: Viewer): boolean {
  const { token } = viewer;
  if (token === undefined) return false;
  if (token.permissions !== undefined && token.permissions.contents !== "write") return false;
  return token.kind === "installation" || isAtLeast(roleOf(repository, viewer.user), "write");
}

/** Answers the request and returns the status. */
export async function serveGit(
  world: World,
  viewer: Viewer,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<number> {
  const [, owner = "", name = "", service = ""] = gitPath.exec(url.pathname) ?? [];
  const repository = repositoryByName(world, `${owner}/${name}`);
  const pushes = service === "git-receive-pack" || url.searchParams.get("service") === "git-receive-pack";
  const visible = repository !== undefined && isVisible(repository, viewer);
  if (!visible || (pushes && !mayPush(repository, viewer))) {
    const anonymous = viewer.token === undefined;
    const status = anonymous ? 401 : visible ? 403 : 404;
    const text = visible && !anonymous ? "Permission to the repository denied." : "Repository not found.";
    response.writeHead(status, anonymous ? { "www-authenticate": 'Basic realm="GitHub"' } : {}).end(text);
    return status;
  }
  const answer = await runBackend(repository, viewer, request, url, service);
  // The push counts before its answer leaves: whoever pushed sees the pull request as it is now.
  if (service === "git-receive-pack" && viewer.user !== undefined) refsMoved(world, repository, viewer.user);
  response.writeHead(answer.status, answer.headers).end(answer.body);
  return answer.status;
}

interface CgiAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

function runBackend(
  repository: Repository,
  viewer: Viewer,
  request: IncomingMessage,
  url: URL,
  service: string,
): Promise<CgiAnswer> {
  const header = (name: string): string => String(request.headers[name] ?? "");
  const child = spawn("git", ["http-backend"], {
    env: {
      ...gitEnvironment(),
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROJECT_ROOT: repository.gitDir,
      PATH_INFO: `/${service}`,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: header("content-type"),
      HTTP_CONTENT_ENCODING: header("content-encoding"),
      GIT_PROTOCOL: header("git-protocol"),
      REMOTE_USER: viewer.user?.login ?? "",
      ...(request.headers["content-length"] === undefined ? {} : { CONTENT_LENGTH: header("content-length") }),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  // A client that goes away, or a backend that has read enough, must not bring the server down.
  child.stdin.on("error", () => child.stdin.destroy());
  request.on("error", () => child.kill());
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(parseCgi(Buffer.concat(chunks))));
  });
}

function parseCgi(output: Buffer): CgiAnswer {
  const end = output.indexOf("\r\n\r\n");
  if (end < 0) return { status: 500, headers: {}, body: Buffer.from("git http-backend failed") };
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of output.subarray(0, end).toString().split("\r\n")) {
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    if (name === "status") status = Number(value.slice(0, 3));
    else headers[name] = value;
  }
  return { status, headers, body: output.subarray(end + 4) };
}

/** The environment as typed facts: the only place that knows the names of environment variables. */
import { isAbsolute, join } from "node:path";

export type RawEnvironment = Readonly<Record<string, string | undefined>>;

export interface Environment {
  /** Running unattended. */
  readonly ci: boolean;
  readonly github: GitHubEnvironment | undefined;
  readonly codeHost: CodeHostEnvironment;
  readonly linear: LinearEnvironment;
  readonly terminal: TerminalEnvironment;
  /** Key for hashing secrets into identities, when the person gave one. */
  readonly secretKey: string | undefined;
  /** Where the local database and cache go instead of the git directory, when the person said so; absolute. */
  readonly cacheDirectory: string | undefined;
  /** CodeFlow's place in the user's cache directory, for checkouts outside git; undefined when there is no home. */
  readonly userCacheDirectory: string | undefined;
  readonly home: string | undefined;
  /** Directories in which programs are looked for. */
  readonly path: readonly string[];
}

/** How the code host is reached, inside of its jobs and outside. */
interface CodeHostEnvironment {
  readonly token: string | undefined;
  /** Undefined: github.com's. */
  readonly apiUrl: string | undefined;
  /** `owner/name`. */
  readonly repository: string | undefined;
}

/** From the environment only: an address in a repository's own configuration could send the key anywhere. */
interface LinearEnvironment {
  readonly apiKey: string | undefined;
  /** Undefined: Linear's own. */
  readonly apiUrl: string | undefined;
}

/** Facts of a GitHub Actions job. */
interface GitHubEnvironment {
  /** Target branch of a pull request. */
  readonly baseRef: string | undefined;
  /** Source branch of a pull request. */
  readonly headRef: string | undefined;
  /** Branch or tag that triggered the run. */
  readonly refName: string | undefined;
  readonly ref: string | undefined;
  readonly sha: string | undefined;
  readonly eventName: string | undefined;
  readonly eventPath: string | undefined;
  /** `owner/name`. */
  readonly repository: string | undefined;
  readonly runId: string | undefined;
  readonly serverUrl: string | undefined;
  readonly apiUrl: string | undefined;
  readonly workspace: string | undefined;
  readonly outputPath: string | undefined;
  readonly stepSummaryPath: string | undefined;
}

interface TerminalEnvironment {
  /** What the person said about colour; undefined: decide by the stream. */
  readonly color: boolean | undefined;
  /** The terminal cannot move its cursor: no progress that redraws. */
  readonly dumb: boolean;
  /** Width, when the environment states one. */
  readonly columns: number | undefined;
}

/** `env` is `process.env`, handed in by the door. Empty values count as absent, as the shell conventions have it. */
export function readEnvironment(env: RawEnvironment): Environment {
  const text = (name: string): string | undefined => {
    const value = env[name];
    return value === undefined || value === "" ? undefined : value;
  };
  const absolute = (name: string): string | undefined => {
    const value = text(name);
    return value !== undefined && isAbsolute(value) ? value : undefined;
  };
  const home = absolute("HOME") ?? absolute("USERPROFILE");
  // XDG: a relative path in these variables is to be ignored.
  const userCache = absolute("XDG_CACHE_HOME") ?? absolute("LOCALAPPDATA") ?? (home && join(home, ".cache"));
  return {
    ci: isSet(env["CI"]) || env["GITHUB_ACTIONS"] === "true",
    github: env["GITHUB_ACTIONS"] === "true" ? readGitHub(text) : undefined,
    codeHost: {
      token: text("GITHUB_TOKEN") ?? text("GH_TOKEN"),
      apiUrl: text("GITHUB_API_URL"),
      repository: text("GITHUB_REPOSITORY"),
    },
    linear: { apiKey: text("LINEAR_API_KEY"), apiUrl: text("LINEAR_API_URL") },
    terminal: { color: readColor(env), dumb: env["TERM"] === "dumb", columns: readColumns(env["COLUMNS"]) },
    secretKey: text("CODEFLOW_SECRET_KEY"),
    cacheDirectory: absolute("CODEFLOW_CACHE_DIR"),
    userCacheDirectory: userCache === undefined ? undefined : join(userCache, "codeflow"),
    home,
    path: (text("PATH") ?? text("Path") ?? "").split(process.platform === "win32" ? ";" : ":").filter(isAbsolute),
  };
}

/** Set and not turned off. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value.toLowerCase() !== "false";
}

/** FORCE_COLOR wins over NO_COLOR (as in Node), both over TERM=dumb. https://no-color.org: any non-empty value counts. */
function readColor(env: RawEnvironment): boolean | undefined {
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force.toLowerCase() !== "false";
  const none = env["NO_COLOR"];
  if (none !== undefined && none !== "") return false;
  return env["TERM"] === "dumb" ? false : undefined;
}

function readColumns(value: string | undefined): number | undefined {
  const columns = value !== undefined && /^\d{1,5}$/.test(value) ? Number(value) : 0;
  return columns > 0 ? columns : undefined;
}

function readGitHub(text: (name: string) => string | undefined): GitHubEnvironment {
  return {
    baseRef: text("GITHUB_BASE_REF"),
    headRef: text("GITHUB_HEAD_REF"),
    refName: text("GITHUB_REF_NAME"),
    ref: text("GITHUB_REF"),
    sha: text("GITHUB_SHA"),
    eventName: text("GITHUB_EVENT_NAME"),
    eventPath: text("GITHUB_EVENT_PATH"),
    repository: text("GITHUB_REPOSITORY"),
    runId: text("GITHUB_RUN_ID"),
    serverUrl: text("GITHUB_SERVER_URL"),
    apiUrl: text("GITHUB_API_URL"),
    workspace: text("GITHUB_WORKSPACE"),
    outputPath: text("GITHUB_OUTPUT"),
    stepSummaryPath: text("GITHUB_STEP_SUMMARY"),
  };
}

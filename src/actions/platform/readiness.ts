/** What a prototype lacks before it can be run for others: checks over the files of a repository, each with its facts. */
import type { PlatformReport } from "../../model/platform.ts";
import { productSources, readEnvironmentNames } from "./environment-names.ts";

export interface ReadinessInput {
  readonly paths: readonly string[];
  readonly read: (path: string) => Promise<string | undefined>;
  readonly platforms: PlatformReport;
}

export interface ReadinessCheck {
  readonly id: string;
  readonly title: string;
  /** `not-needed`: the repository has nothing that it is about. */
  readonly status: "there" | "missing" | "not-needed";
  /** Missing ones of these keep `ready` from being true. */
  readonly isRequired: boolean;
  readonly fact: string;
  readonly advice: string;
}

export async function judgeReadiness(input: ReadinessInput): Promise<ReadinessCheck[]> {
  const code = await readCode(input);
  const library = await publishedBy(input);
  const isWeb =
    hasKind(input, "framework") &&
    code.paths.some((path) => /\.(?:[cm]?[jt]sx?|vue|svelte|html|py|rb|php)$/.test(path));
  return [
    tests(input),
    continuousIntegration(input),
    await lockfile(input, library),
    ...(await environment(input, code.environmentNames)),
    container(input, library),
    await securityHeaders(input, code.text, isWeb),
    licence(input),
    await documents(input),
    builderTraces(input),
  ];
}

interface Code {
  readonly paths: readonly string[];
  /** Names of environment variables that the code reads, with the file that reads each first. */
  readonly environmentNames: ReadonlyMap<string, string>;
  /** First file whose text matches. */
  readonly text: (pattern: RegExp) => string | undefined;
}

async function readCode(input: ReadinessInput): Promise<Code> {
  const paths = productSources(input.paths);
  const texts = new Map<string, string>();
  for (const path of paths) {
    const text = await input.read(path);
    if (text !== undefined) texts.set(path, text);
  }
  return {
    paths,
    environmentNames: await readEnvironmentNames(paths, async (path) => texts.get(path)),
    text: (pattern) => [...texts].find(([, text]) => pattern.test(text))?.[0],
  };
}

/** What is no example, input or helper of tests. */
const beside =
  /(?:^|\/)(?:fixtures?|testdata|__mocks__|mocks?|support|helpers?|examples?|samples?|docs?|vendor|node_modules)\//;

function tests({ paths }: ReadinessInput): ReadinessCheck {
  const found = paths.filter(
    (path) =>
      !beside.test(path) &&
      /\.(?:test|spec|cy)\.[cm]?[jt]sx?$|(?:^|\/)test_\w+\.py$|_test\.(?:go|py|rb|dart|exs)$|_spec\.rb$|(?:Test|Tests|Spec)\.(?:java|kt|cs|php|swift|scala)$|(?:^|\/)(?:tests?|specs?|__tests__)\/(?:.+\/)?[\w.-]+\.(?:[cm]?[jt]sx?|rs|rb|exs|pl|t|sh|bats|lua|c|cc|cpp)$/.test(
        path,
      ),
  );
  return check("tests", "Tests", found.length > 0, true, {
    there: `${found.length === 1 ? "1 test file" : `${found.length} test files`}, ${found[0]} among them`,
    missing: "no test file",
    advice: "Write one test for what must not break: `add-missing-files` lays down a first one.",
  });
}

function continuousIntegration({ platforms }: ReadinessInput): ReadinessCheck {
  const found = platforms.detections.find((one) => one.kind === "ci" && one.status === "active");
  return check("ci", "Continuous integration", found !== undefined, true, {
    there: `${found?.name}: ${found?.evidence[0]?.path ?? found?.evidence[0]?.signal}`,
    missing: "no CI configuration",
    advice: "Run build and tests on every push.",
  });
}

/** Manifest at the root, and the lock files that fit it. */
const locks: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^package\.json$/,
    /^(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|deno\.lock)$/,
  ],
  [/^pyproject\.toml$/, /^(?:poetry\.lock|uv\.lock|pdm\.lock|pylock\.toml|requirements.*\.txt)$/],
  [/^Pipfile$/, /^Pipfile\.lock$/],
  [/^Gemfile$/, /^Gemfile\.lock$/],
  [/^composer\.json$/, /^composer\.lock$/],
  [/^Cargo\.toml$/, /^Cargo\.lock$/],
  [/^go\.mod$/, /^go\.sum$/],
  [/^mix\.exs$/, /^mix\.lock$/],
  [/^pubspec\.yaml$/, /^pubspec\.lock$/],
];

async function lockfile({ paths, read }: ReadinessInput, library: string | undefined): Promise<ReadinessCheck> {
  const found: string[] = [];
  const missing: string[] = [];
  for (const [manifest, lock] of locks) {
    const path = paths.find((one) => manifest.test(one));
    if (path === undefined) continue;
    const fitting = paths.filter((one) => lock.test(one));
    const pinned = [];
    for (const one of fitting) if (!one.endsWith(".txt") || isPinned((await read(one)) ?? "")) pinned.push(one);
    if (pinned.length > 0) found.push(...pinned);
    // A module that needs nothing has nothing to lock.
    else if (path !== "go.mod" || /^\s*require\b/m.test((await read(path)) ?? "")) missing.push(path);
  }
  const requirements = paths.find((path) => path === "requirements.txt");
  if (requirements !== undefined && !found.includes(requirements) && !paths.includes("pyproject.toml"))
    (isPinned((await read(requirements)) ?? "") ? found : missing).push(requirements);
  const isLeft = library !== undefined && missing.length > 0;
  const isThere = found.length + missing.length === 0 || isLeft ? undefined : missing.length === 0;
  return check("lockfile", "Locked dependencies", isThere, true, {
    there: found.join(", "),
    missing: missing
      .map((path) =>
        path === "requirements.txt" ? `${path} does not pin its versions` : `${path} without a lock file`,
      )
      .join(", "),
    advice: "Commit the package manager's lock file: without it every deployment installs something else.",
    ...(isLeft ? { notNeeded: `${library}: those who install it lock for themselves` } : {}),
  });
}

/** Each requirement names one version. */
function isPinned(requirements: string): boolean {
  const lines = requirements.split(/\r?\n/).map((line) => line.replace(/(?:^|\s)#.*$/, "").trim());
  const named = lines.filter((line) => /^[A-Za-z0-9]/.test(line));
  return named.length > 0 && named.every((line) => /===?\s*[\w.!+-]+|\s@\s/.test(line));
}

/** By what the repository is published as a package for others to install; undefined when it is something to run. */
async function publishedBy({ paths, read }: ReadinessInput): Promise<string | undefined> {
  const manifest = await read("package.json");
  if (manifest !== undefined) {
    const { name, version, scripts, ...rest } = objectIn(manifest);
    const isOffered = ["main", "module", "exports", "types", "files", "bin"].some((key) => rest[key] !== undefined);
    const isStarted = typeof scripts === "object" && scripts !== null && "start" in scripts;
    const isPublic = rest["private"] !== true && typeof name === "string" && typeof version === "string";
    return isPublic && isOffered && !isStarted ? "package.json is of a package" : undefined;
  }
  const gemspec = paths.find((path) => /^[^/]+\.gemspec$/.test(path));
  if (gemspec !== undefined) return `${gemspec} is of a package`;
  const has = (pattern: RegExp): boolean => paths.some((path) => pattern.test(path));
  if (has(/^go\.mod$/) && !has(/^(?:main\.go|cmd\/.+\.go)$/)) return "go.mod is of a package";
  if (has(/^Cargo\.toml$/) && has(/^src\/lib\.rs$/) && !has(/^src\/(?:main\.rs|bin\/)/))
    return "Cargo.toml is of a package";
  const composer = await read("composer.json");
  if (composer !== undefined) {
    const { type } = objectIn(composer);
    return typeof type === "string" && type !== "project" ? `composer.json is of a ${type}` : undefined;
  }
  const project = (await read("pyproject.toml")) ?? "";
  const isBuilt = /^\[build-system\]/m.test(project) && /^\[(?:project|tool\.poetry)\]/m.test(project);
  return isBuilt && !has(/^(?:manage|app|main|wsgi|asgi|server)\.py$/) ? "pyproject.toml is of a package" : undefined;
}

/** Of a manifest that does not parse nothing is known. */
function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function environment(
  { paths, read }: ReadinessInput,
  names: ReadonlyMap<string, string>,
): Promise<ReadinessCheck[]> {
  const committed = paths.filter(
    (path) =>
      !beside.test(path) &&
      !/(?:^|\/)tests?\//.test(path) &&
      /(?:^|\/)\.env(?:\.(?:local|production|development|prod|dev|staging))?$/.test(path),
  );
  const filled: string[] = [];
  for (const path of committed) if (secretsIn((await read(path)) ?? "")) filled.push(path);
  // Symfony reads defaults from a committed .env, and what is secret from .env.local: https://symfony.com/doc/current/configuration.html
  const holdsDefaults =
    /"symfony\//.test((await read("composer.json")) ?? "") &&
    /^\/?\.env\.local\b/m.test((await read(".gitignore")) ?? "");
  const isFine = filled.length === 0 || (holdsDefaults && filled.every((path) => path === ".env"));
  const examples = paths.filter(
    (path) =>
      !beside.test(path) &&
      /(?:^|\/)(?:\.?env\.(?:example|sample|template|dist|defaults?)|(?:example|sample)\.env)$/.test(path),
  );
  const told = new Set<string | undefined>();
  for (const path of [...examples, ...(holdsDefaults ? [".env"] : [])]) {
    const lines = ((await read(path)) ?? "").matchAll(/^\s*#?\s*(?:export\s+)?([A-Z][A-Z\d_]+)\s*=/gm);
    for (const [, name] of lines) told.add(name);
  }
  const untold = [...names].filter(([name]) => !told.has(name));
  const [firstName, firstPath] = untold[0] ?? [];
  return [
    check("environment-file", "No committed environment file", isFine, true, {
      there:
        filled.length > 0
          ? ".env holds defaults, as Symfony reads it; .env.local is ignored"
          : committed.length > 0
            ? `${committed.join(", ")} holds nothing that is not public`
            : "no .env with values is tracked",
      missing: `${filled.join(", ")} is tracked with values in it`,
      advice: "Remove it from git, add it to .gitignore, and replace every key that was in it: history keeps them.",
    }),
    check(
      "environment-example",
      "Environment variables are written down",
      names.size === 0 ? undefined : untold.length === 0,
      true,
      {
        there: `${examples.join(", ") || ".env"} names all ${names.size}`,
        missing: `${untold.length} of ${names.size} variables stand in no .env.example, e.g. ${firstName} (${firstPath})`,
        advice: "List every variable that the code reads in .env.example, without values.",
      },
    ),
  ];
}

/** Whether something in it is no value that the browser is given anyway, or should not be given. */
function secretsIn(environment: string): boolean {
  const isPublic = /^(?:VITE_|NEXT_PUBLIC_|NUXT_PUBLIC_|PUBLIC_|REACT_APP_|EXPO_PUBLIC_|GATSBY_)/;
  const isSecret =
    /SECRET|PRIVATE|SERVICE_ROLE|PASSWORD|(?:OPENAI|ANTHROPIC|GEMINI|GROQ|MISTRAL|STRIPE|RESEND|SENDGRID|TWILIO|GITHUB).*(?:KEY|TOKEN)/;
  const isShownAnyway = (name: string): boolean =>
    isPublic.test(name) && (!isSecret.test(name) || /PUBLISHABLE|ANON/.test(name));
  return [...environment.matchAll(/^\s*(?:export\s+)?([A-Z][A-Z\d_]*)=[ \t]*(?!["']["']?\s*$)\S/gm)].some(
    ([, name = ""]) => !isShownAnyway(name),
  );
}

function container({ platforms, paths }: ReadinessInput, library: string | undefined): ReadinessCheck {
  const hosted = platforms.detections.find((one) => one.kind === "hosting" && one.status === "active");
  const dockerfile = paths
    .filter(
      (path) =>
        /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[\w-]+)?$|\.[Dd]ockerfile$/.test(path) &&
        // What builds tests, examples and work places deploys nothing.
        !/(?:^|\/)(?:tests?|e2e|\.devcontainer|bench(?:marks?)?|hack|ci|\.github|\.gitpod)\//.test(path) &&
        !beside.test(path),
    )
    .sort((a, b) => a.split("/").length - b.split("/").length)[0];
  const isThere = dockerfile !== undefined || hosted !== undefined;
  return check("deployment", "A way to deploy", !isThere && library !== undefined ? undefined : isThere, true, {
    there: dockerfile ?? `${hosted?.name}: ${hosted?.evidence[0]?.path ?? hosted?.evidence[0]?.signal}`,
    missing: "neither a Dockerfile nor a hosting configuration",
    advice: "Add a Dockerfile, so that it runs elsewhere than where it was made.",
    ...(library === undefined ? {} : { notNeeded: `${library}, not something to deploy` }),
  });
}

async function securityHeaders(
  { paths, read }: ReadinessInput,
  find: (pattern: RegExp) => string | undefined,
  isWeb: boolean,
): Promise<ReadinessCheck> {
  const headers = /Content-Security-Policy|Strict-Transport-Security|X-Frame-Options|X-Content-Type-Options/i;
  let where = find(
    new RegExp(
      `${headers.source}|\\bhelmet\\(|fastify-helmet|@fastify/helmet|secureHeaders\\(|SECURE_HSTS_SECONDS|flask_talisman`,
      "i",
    ),
  );
  for (const path of paths) {
    if (where !== undefined) break;
    if (
      !/(?:^|\/)(?:_headers|vercel\.json|netlify\.toml|firebase\.json|staticwebapp\.config\.json|next\.config\.\w+|nginx[^/]*\.conf|Caddyfile|index\.html)$/.test(
        path,
      )
    )
      continue;
    if (headers.test((await read(path)) ?? "")) where = path;
  }
  return check("security-headers", "Security headers", isWeb ? where !== undefined : undefined, true, {
    there: `set in ${where}`,
    missing:
      "no Content-Security-Policy, Strict-Transport-Security, X-Frame-Options or X-Content-Type-Options anywhere",
    advice: "Set them where responses are served: the host's headers file, helmet, or the framework's configuration.",
  });
}

function licence({ paths }: ReadinessInput): ReadinessCheck {
  const found = paths.find((path) => /^(?:LICEN[CS]E|COPYING)(?:[.-][\w.-]+)?$/i.test(path));
  return check("licence", "Licence", found !== undefined, false, {
    there: String(found),
    missing: "no LICENSE file",
    advice: "Say on which terms others may use it, or that they may not.",
  });
}

async function documents({ paths, read }: ReadinessInput): Promise<ReadinessCheck> {
  const path = paths.find((one) => /^readme(?:\.\w+)?$/i.test(one));
  const text = path === undefined ? "" : ((await read(path)) ?? "");
  const generated =
    /lovable\.dev\/projects\/|Run and deploy your AI Studio app|This template provides a minimal setup to get React|bootstrapped with \[?`?create-next-app|stay in sync with your deployed chats on/i.exec(
      text,
    );
  const isOwn = text.trim().length >= 300 && generated === null;
  return check("documentation", "Documentation", isOwn, false, {
    there: String(path),
    missing:
      path === undefined
        ? "no README"
        : generated === null
          ? `${path} says hardly anything`
          : `${path} is the builder's own text`,
    advice: "Say what it is, how it is set up, run, tested and deployed.",
  });
}

function builderTraces({ platforms }: ReadinessInput): ReadinessCheck {
  const found = platforms.detections.filter((one) => one.kind === "ai-builder" && one.status === "active");
  const dependencies = found.flatMap(({ evidence }) => evidence.filter(({ family }) => family === "dependency"));
  const first = dependencies[0];
  return check(
    "builder-packages",
    "No package of the builder in the product",
    found.length === 0 ? undefined : dependencies.length === 0,
    false,
    {
      there: `${found.map(({ name }) => name).join(", ")}, without a package of it`,
      missing: `${first?.signal} (${first?.path}${first?.line === undefined ? "" : `:${first.line}`})`,
      advice: "Take the builder's own packages out of what is deployed once you leave it.",
    },
  );
}

function hasKind({ platforms }: ReadinessInput, kind: string): boolean {
  return platforms.detections.some((one) => one.kind === kind && one.status === "active");
}

/** `isThere` undefined: the repository does not need it. */
function check(
  id: string,
  title: string,
  isThere: boolean | undefined,
  isRequired: boolean,
  words: {
    readonly there: string;
    readonly missing: string;
    readonly advice: string;
    readonly notNeeded?: string;
  },
): ReadinessCheck {
  if (isThere === undefined) {
    const fact = words.notNeeded ?? "nothing here needs it";
    return { id, title, status: "not-needed", isRequired, fact, advice: "" };
  }
  return isThere
    ? { id, title, status: "there", isRequired, fact: words.there, advice: "" }
    : { id, title, status: "missing", isRequired, fact: words.missing, advice: words.advice };
}

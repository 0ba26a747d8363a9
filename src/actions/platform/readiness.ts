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
  const isWeb =
    hasKind(input, "framework") &&
    code.paths.some((path) => /\.(?:[cm]?[jt]sx?|vue|svelte|html|py|rb|php)$/.test(path));
  return [
    tests(input),
    continuousIntegration(input),
    lockfile(input),
    ...(await environment(input, code.environmentNames)),
    container(input),
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

function tests({ paths }: ReadinessInput): ReadinessCheck {
  const found = paths.filter((path) =>
    /\.(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)test_\w+\.py$|_test\.(?:go|py|rb)$|_spec\.rb$|(?:Test|Tests|Spec)\.(?:java|kt|cs|php)$|(?:^|\/)tests\/.+\.rs$/.test(
      path,
    ),
  );
  return check("tests", "Tests", found.length > 0, true, {
    there: `${found.length} test files, ${found[0]} among them`,
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

function lockfile({ paths }: ReadinessInput): ReadinessCheck {
  const manifests = paths.filter((path) =>
    /^(?:package\.json|pyproject\.toml|Gemfile|composer\.json|Cargo\.toml)$/.test(path),
  );
  const locks = paths.filter((path) =>
    /^(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|Gemfile\.lock|composer\.lock|Cargo\.lock|requirements.*\.txt)$/.test(
      path,
    ),
  );
  return check("lockfile", "Locked dependencies", manifests.length === 0 ? undefined : locks.length > 0, true, {
    there: locks.join(", "),
    missing: `${manifests.join(", ")} without a lock file`,
    advice: "Commit the package manager's lock file: without it every deployment installs something else.",
  });
}

async function environment(
  { paths, read }: ReadinessInput,
  names: ReadonlyMap<string, string>,
): Promise<ReadinessCheck[]> {
  const committed = paths.filter((path) =>
    /(?:^|\/)\.env(?:\.(?:local|production|development|prod|dev|staging))?$/.test(path),
  );
  const filled: string[] = [];
  for (const path of committed) if (/^[A-Z][A-Z\d_]*=\s*\S/m.test((await read(path)) ?? "")) filled.push(path);
  const example = paths.find((path) =>
    /^\.env\.(?:example|sample|template|dist)$|^(?:example|sample)\.env$/.test(path),
  );
  const told = new Set(
    [
      ...((example === undefined ? undefined : await read(example)) ?? "").matchAll(
        /^\s*#?\s*(?:export\s+)?([A-Z][A-Z\d_]+)\s*=/gm,
      ),
    ].map((match) => match[1]),
  );
  const untold = [...names].filter(([name]) => !told.has(name));
  const [firstName, firstPath] = untold[0] ?? [];
  return [
    check("environment-file", "No committed environment file", filled.length === 0, true, {
      there: "no .env with values is tracked",
      missing: `${filled.join(", ")} is tracked with values in it`,
      advice: "Remove it from git, add it to .gitignore, and replace every key that was in it: history keeps them.",
    }),
    check(
      "environment-example",
      "Environment variables are written down",
      names.size === 0 ? undefined : untold.length === 0,
      true,
      {
        there: `${example} names all ${names.size}`,
        missing: `${untold.length} of ${names.size} variables stand in no .env.example, e.g. ${firstName} (${firstPath})`,
        advice: "List every variable that the code reads in .env.example, without values.",
      },
    ),
  ];
}

function container({ platforms, paths }: ReadinessInput): ReadinessCheck {
  const hosted = platforms.detections.find((one) => one.kind === "hosting" && one.status === "active");
  const dockerfile = paths.find((path) =>
    /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[\w-]+)?$|\.[Dd]ockerfile$/.test(path),
  );
  return check("deployment", "A way to deploy", dockerfile !== undefined || hosted !== undefined, true, {
    there: dockerfile ?? `${hosted?.name}: ${hosted?.evidence[0]?.path ?? hosted?.evidence[0]?.signal}`,
    missing: "neither a Dockerfile nor a hosting configuration",
    advice: "Add a Dockerfile, so that it runs elsewhere than where it was made.",
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
  words: { readonly there: string; readonly missing: string; readonly advice: string },
): ReadinessCheck {
  if (isThere === undefined)
    return { id, title, status: "not-needed", isRequired, fact: "nothing here needs it", advice: "" };
  return isThere
    ? { id, title, status: "there", isRequired, fact: words.there, advice: "" }
    : { id, title, status: "missing", isRequired, fact: words.missing, advice: words.advice };
}

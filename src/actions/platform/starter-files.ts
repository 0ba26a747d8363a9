/** The files that a prototype is given: each for the package manager, scripts and language that it has. */
import { StepFailed } from "../../model/action.ts";
import { pinnedActions } from "../../model/pinned-actions.ts";

export const starterKinds = ["ci", "dockerfile", "env-example", "tests"] as const;
export type StarterKind = (typeof starterKinds)[number];

type NodeManager = "npm" | "pnpm" | "yarn" | "bun";

export type Stack =
  | {
      readonly language: "node";
      readonly manager: NodeManager;
      readonly hasLock: boolean;
      readonly scripts: ReadonlySet<string>;
      /** What `start` runs; empty without one. */
      readonly start: string;
      readonly devDependencies: ReadonlySet<string>;
      readonly dependencies: ReadonlySet<string>;
      readonly isTypeScript: boolean;
      readonly nodeMajor: string;
    }
  | {
      readonly language: "python";
      readonly hasPoetry: boolean;
      readonly hasUv: boolean;
      readonly requirements: string | undefined;
    };

export interface StarterFile {
  readonly path: string;
  readonly text: string;
  readonly why: string;
}

/** The newest release line with long-term support, for repositories that do not say. */
const usualNode = "24";

const has = (paths: readonly string[], pattern: RegExp): string | undefined => paths.find((path) => pattern.test(path));

/** Of the root; undefined when it is neither Node nor Python. */
export async function describeStack(
  paths: readonly string[],
  read: (path: string) => Promise<string | undefined>,
): Promise<Stack | undefined> {
  const manifest = await read("package.json");
  if (manifest !== undefined) {
    let parsed: { [key: string]: unknown };
    try {
      parsed = JSON.parse(manifest) as { [key: string]: unknown };
    } catch (error) {
      throw new StepFailed(`package.json is no JSON: ${(error as Error).message}`);
    }
    const keys = (field: string): string[] => {
      const value = parsed[field];
      return typeof value === "object" && value !== null ? Object.keys(value) : [];
    };
    const lock = has(paths, /^(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?)$/);
    const managers: Record<string, NodeManager> = {
      "pnpm-lock.yaml": "pnpm",
      "yarn.lock": "yarn",
      "bun.lock": "bun",
      "bun.lockb": "bun",
    };
    const named = /^(npm|pnpm|yarn|bun)@/.exec(String(parsed["packageManager"] ?? ""))?.[1] as NodeManager | undefined;
    const engines = parsed["engines"] as { node?: unknown } | undefined;
    const dependencies = new Set([...keys("dependencies"), ...keys("devDependencies")]);
    return {
      language: "node",
      manager: named ?? managers[lock ?? ""] ?? "npm",
      hasLock: lock !== undefined,
      scripts: new Set(keys("scripts")),
      start: String((parsed["scripts"] as { start?: unknown } | undefined)?.start ?? ""),
      devDependencies: new Set(keys("devDependencies")),
      dependencies,
      isTypeScript: dependencies.has("typescript") || paths.includes("tsconfig.json"),
      nodeMajor: nodeMajorOf((await read(".nvmrc")) ?? String(engines?.node ?? "")),
    };
  }
  const requirements = has(paths, /^requirements\.txt$/);
  const project = await read("pyproject.toml");
  if (project === undefined && requirements === undefined) return undefined;
  return {
    language: "python",
    hasPoetry: paths.includes("poetry.lock"),
    hasUv: paths.includes("uv.lock"),
    requirements,
  };
}

/** `>=18` permits the newest line as well, which is the one that is still cared for. */
function nodeMajorOf(written: string): string {
  const major = /(\d{2})/.exec(written)?.[1];
  if (major === undefined || (/>/.test(written) && !/</.test(written) && Number(major) < Number(usualNode)))
    return usualNode;
  return major;
}

export function starterFiles(
  stack: Stack,
  wanted: ReadonlySet<StarterKind>,
  paths: readonly string[],
  environmentNames: readonly string[],
): { readonly files: StarterFile[]; readonly left: { readonly kind: string; readonly reason: string }[] } {
  const files: StarterFile[] = [];
  const left: { readonly kind: string; readonly reason: string }[] = [];
  const offer = (kind: StarterKind, there: string | undefined, make: () => StarterFile | string): void => {
    if (!wanted.has(kind)) return;
    if (there !== undefined) {
      left.push({ kind, reason: `${there} is there` });
      return;
    }
    const made = make();
    if (typeof made === "string") left.push({ kind, reason: made });
    else files.push(made);
  };
  offer(
    "ci",
    has(
      paths,
      /^\.github\/workflows\/[^/]+\.ya?ml$|^\.gitlab-ci\.yml$|^\.circleci\/config\.yml$|^azure-pipelines\.yml$|^Jenkinsfile$|^\.travis\.yml$|^bitbucket-pipelines\.yml$/,
    ),
    () => ({
      path: ".github/workflows/ci.yml",
      text: stack.language === "node" ? nodeCi(stack) : pythonCi(stack),
      why: "installs, builds and tests every pull request",
    }),
  );
  offer("dockerfile", has(paths, /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[\w-]+)?$/), () => {
    if (stack.language === "python") return "what starts a Python application cannot be told from its files";
    if (stack.manager === "bun") return "Bun's own image has to be chosen by hand";
    if (!stack.hasLock)
      return `without a lock file an image differs from build to build: run ${stack.manager} install and commit it`;
    if (isStaticSite(stack, paths)) {
      const text = staticDockerfile(
        stack,
        environmentNames.filter((name) => name.startsWith("VITE_")),
      );
      return { path: "Dockerfile", text, why: "builds the site and serves it with nginx, without root" };
    }
    if (!stack.scripts.has("start")) return "package.json has no start script to run in it";
    return { path: "Dockerfile", text: nodeDockerfile(stack), why: "runs the start script without root" };
  });
  if (files.some(({ path }) => path === "Dockerfile") && !paths.includes(".dockerignore")) {
    files.push({
      path: ".dockerignore",
      text: "node_modules\n.git\n.env\n.env.*\n!.env.example\ndist\ncoverage\n",
      why: "keeps secrets, history and what is installed here out of the image",
    });
  }
  offer("env-example", has(paths, /^\.env\.(?:example|sample|template|dist)$|^(?:example|sample)\.env$/), () =>
    environmentNames.length === 0
      ? "the code reads no environment variable"
      : {
          path: ".env.example",
          text: `# Copy to .env and fill in. Never commit .env.\n${environmentNames.map((name) => `${name}=\n`).join("")}`,
          why: `names the ${environmentNames.length} variables that the code reads`,
        },
  );
  offer("tests", has(paths, /\.(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)test_\w+\.py$|_test\.py$/), () => firstTest(stack));
  return { files, left };
}

/** A page that Vite builds and no server renders, as most AI builders export them. */
function isStaticSite(stack: Stack & { language: "node" }, paths: readonly string[]): boolean {
  const renders = [
    "@sveltejs/kit",
    "nuxt",
    "astro",
    "vike",
    "@remix-run/dev",
    "@react-router/dev",
    "@tanstack/react-start",
    "@builder.io/qwik-city",
    "solid-start",
    "@solidjs/start",
    "vinxi",
    "express",
    "fastify",
    "hono",
  ];
  return (
    stack.dependencies.has("vite") &&
    stack.scripts.has("build") &&
    paths.includes("index.html") &&
    !renders.some((name) => stack.dependencies.has(name)) &&
    /^$|^(?:npx )?(?:vite|serve)\b/.test(stack.start.trim())
  );
}

function firstTest(stack: Stack): StarterFile | string {
  if (stack.language === "python") {
    return {
      path: "tests/test_smoke.py",
      text: '"""The first test: everything that is shipped can be compiled. Replace it by tests of what the code does."""\n\nimport compileall\nfrom pathlib import Path\n\nROOT = Path(__file__).resolve().parent.parent\nSKIPPED = {".venv", "venv", "node_modules", "tests", ".git"}\n\n\ndef test_every_module_compiles() -> None:\n    for path in ROOT.rglob("*.py"):\n        if not SKIPPED.intersection(path.relative_to(ROOT).parts):\n            assert compileall.compile_file(path, quiet=1, force=True), path\n',
      why: "a first test that fails on a module that does not compile",
    };
  }
  const runner = stack.dependencies.has("vitest") ? "vitest" : stack.dependencies.has("jest") ? "jest" : undefined;
  if (runner === undefined) return "package.json has neither vitest nor jest: add one first";
  return {
    path: `tests/manifest.test.${stack.isTypeScript ? "ts" : "js"}`,
    text: `${runner === "vitest" ? 'import { expect, it } from "vitest";\n' : ""}import { existsSync, readFileSync } from "node:fs";\n\n// The first test: what package.json points to exists. Replace it by tests of what the code does.\nit("points to files that exist", () => {\n  const { main, types } = JSON.parse(readFileSync("package.json", "utf8"));\n  const named = [main, types].filter((path) => typeof path === "string" && !/^(?:\\.\\/)?(?:dist|build|lib)\\//.test(path));\n  expect(named.filter((path) => !existsSync(path))).toEqual([]);\n});\n`,
    why: `a first ${runner} test`,
  };
}

function nodeCi(stack: Stack & { language: "node" }): string {
  const { manager } = stack;
  const install = {
    npm: stack.hasLock ? "npm ci" : "npm install",
    pnpm: `corepack enable && pnpm install${stack.hasLock ? " --frozen-lockfile" : ""}`,
    yarn: `corepack enable && yarn install${stack.hasLock ? " --immutable" : ""}`,
    bun: `npx --yes bun install${stack.hasLock ? " --frozen-lockfile" : ""}`,
  }[manager];
  const run = manager === "bun" ? "npx --yes bun run" : `${manager} run`;
  const steps = ["typecheck", "lint", "build", "test"].filter((script) => stack.scripts.has(script));
  return workflow([
    `      - uses: ${pinnedActions.setupNode}`,
    "        with:",
    `          node-version: ${stack.nodeMajor}`,
    `      - run: ${install}`,
    ...steps.map((script) => `      - run: ${run} ${script}`),
  ]);
}

function pythonCi(stack: Stack & { language: "python" }): string {
  const install = stack.hasUv
    ? ["pip install uv", "uv sync --locked"]
    : stack.hasPoetry
      ? ["pip install poetry", "poetry install"]
      : [
          stack.requirements === undefined ? "pip install ." : `pip install -r ${stack.requirements}`,
          "pip install pytest",
        ];
  const test = stack.hasUv ? "uv run pytest" : stack.hasPoetry ? "poetry run pytest" : "pytest";
  return workflow([
    `      - uses: ${pinnedActions.setupPython}`,
    "        with:",
    '          python-version: "3.13"',
    ...[...install, test].map((line) => `      - run: ${line}`),
  ]);
}

function workflow(steps: readonly string[]): string {
  return [
    "name: CI",
    "on:",
    "  push:",
    "    branches: [main, master]",
    "  pull_request:",
    "permissions:",
    "  contents: read",
    "jobs:",
    "  test:",
    "    runs-on: ubuntu-latest",
    "    timeout-minutes: 20",
    "    steps:",
    `      - uses: ${pinnedActions.checkout}`,
    "        with:",
    "          persist-credentials: false",
    ...steps,
    "",
  ].join("\n");
}

const locks = { npm: "package-lock.json", pnpm: "pnpm-lock.yaml", yarn: "yarn.lock", bun: "bun.lock" };

/** `publicNames`: Vite writes their values into the bundle, so they are needed when it is built. */
function staticDockerfile(stack: Stack & { language: "node" }, publicNames: readonly string[]): string {
  const { manager } = stack;
  const install = { npm: "npm ci", pnpm: "pnpm install --frozen-lockfile", yarn: "yarn install --immutable", bun: "" }[
    manager
  ];
  return [
    `FROM node:${stack.nodeMajor}-slim AS build`,
    "WORKDIR /app",
    ...(manager === "npm" ? [] : ["RUN corepack enable"]),
    `COPY package.json ${locks[manager]} ./`,
    `RUN ${install}`,
    "COPY . .",
    ...(publicNames.length === 0
      ? []
      : ["# Written into the pages: never a secret. docker build --build-arg NAME=value"]),
    ...publicNames.map((name) => `ARG ${name}`),
    `RUN ${manager} run build`,
    "",
    "FROM nginxinc/nginx-unprivileged:stable-alpine",
    "COPY --from=build /app/dist /usr/share/nginx/html",
    "# Paths that the page itself routes are no files.",
    `RUN printf 'server { listen 8080; root /usr/share/nginx/html; location / { try_files $uri $uri/ /index.html; } }\\n' > /etc/nginx/conf.d/default.conf`,
    "EXPOSE 8080",
    "",
  ].join("\n");
}

function nodeDockerfile(stack: Stack & { language: "node" }): string {
  const { manager } = stack;
  const corepack = manager === "npm" ? [] : ["RUN corepack enable"];
  const install = { npm: "npm ci", pnpm: "pnpm install --frozen-lockfile", yarn: "yarn install --immutable", bun: "" }[
    manager
  ];
  // What only development installs may be what starts it.
  const starter = /^(?:npx )?([\w@./-]+)/.exec(stack.start.trim())?.[1] ?? "";
  const isStartedByTool =
    stack.devDependencies.has(starter) || /^(?:tsx|ts-node|nodemon|cross-env|dotenv)$/.test(starter);
  const prune = isStartedByTool
    ? []
    : manager === "npm"
      ? ["RUN npm prune --omit=dev"]
      : manager === "pnpm"
        ? ["RUN pnpm prune --prod"]
        : [];
  return [
    `FROM node:${stack.nodeMajor}-slim AS build`,
    "WORKDIR /app",
    ...corepack,
    `COPY package.json ${locks[manager]} ./`,
    `RUN ${install}`,
    "COPY . .",
    ...(stack.scripts.has("build") ? [`RUN ${manager} run build`] : []),
    ...prune,
    "",
    `FROM node:${stack.nodeMajor}-slim`,
    "WORKDIR /app",
    "ENV NODE_ENV=production",
    ...corepack,
    "COPY --from=build --chown=node:node /app ./",
    "USER node",
    `CMD ["${manager}", "start"]`,
    "",
  ].join("\n");
}

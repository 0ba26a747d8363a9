/** The floors and the nevers of the house, checked by reading imports. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const src = join(import.meta.dirname, "../src");

/** Room to the rooms it may import, from the lowest floor up. */
const floors: Record<string, readonly string[]> = {
  model: [],
  system: ["model"],
  findings: ["model"],
  workflow: ["model"],
  reports: ["model"],
  review: ["model"],
  config: ["model", "system"],
  project: ["model", "system"],
  analyzers: ["model", "system"],
  llm: ["model", "system"],
  integrations: ["model", "system"],
  store: ["model", "system"],
  queue: ["model", "system"],
  engine: ["model", "system", "workflow", "findings"],
  actions: ["model", "findings", "review", "project", "analyzers"],
  app: [
    "model",
    "system",
    "findings",
    "workflow",
    "reports",
    "review",
    "config",
    "project",
    "analyzers",
    "llm",
    "integrations",
    "store",
    "queue",
    "engine",
    "actions",
  ],
  ci: ["app", "model"],
  server: ["app", "model"],
  lsp: ["app", "model"],
  mcp: ["app", "model"],
  cli: ["app", "model"],
};

/** An SDK lives in one room. */
const homes: Record<string, string> = {
  octokit: "integrations/github",
  "@octokit": "integrations/github",
  "@linear/sdk": "integrations/linear",
  openai: "llm",
  "@anthropic-ai/sdk": "llm",
  "better-sqlite3": "store",
  kysely: "store",
  pg: "store",
  "simple-git": "project",
  commander: "cli",
  ink: "cli",
  "@actions/core": "ci",
  "@actions/github": "ci",
};

const pure = ["model", "findings", "workflow", "reports", "review"];
const worldly =
  /^(node:)?(fs|fs\/promises|net|http|https|http2|dns|child_process|worker_threads|os|process|timers|timers\/promises)$/;

interface SourceText {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly { readonly from: string; readonly isStatic: boolean; readonly typeOnly: boolean }[];
}

const doors = ["ci", "server", "lsp", "mcp"];

const files = list(src).map(read);

describe("the house", () => {
  it("has files to look at", () => {
    expect(files.length).toBeGreaterThan(50);
  });

  it("imports only lower floors", () => {
    const wrong = files.flatMap(({ path, room, imports }) =>
      imports.flatMap(({ from, isStatic }) => {
        if (!from.startsWith(".")) return [];
        const target = relative(src, join(src, dirname(path), from)).split("/")[0] ?? "";
        if (target === room || floors[room]?.includes(target)) return [];
        // The doors beside the command line are opened by their own command, when it runs.
        if (path === `cli/${target}.ts` && !isStatic && doors.includes(target)) return [];
        return [`${path} imports ${target}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("knows every room", () => {
    expect([...new Set(files.map(({ room }) => room))].filter((room) => floors[room] === undefined)).toEqual([]);
  });

  it("keeps each SDK in its room", () => {
    const wrong = files.flatMap(({ path, imports }) =>
      imports.flatMap(({ from }) => {
        const name = Object.keys(homes).find((sdk) => from === sdk || from.startsWith(`${sdk}/`));
        if (name === undefined || path.startsWith(`${homes[name]}/`)) return [];
        return [`${path} imports ${from}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("keeps pure rooms pure", () => {
    const wrong = files
      .filter(({ room }) => pure.includes(room))
      .flatMap(({ path, imports, text }) => [
        ...imports.filter(({ from }) => worldly.test(from)).map(({ from }) => `${path} imports ${from}`),
        ...(/\bMath\.random\(|\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bprocess\.|\bfetch\(/.test(code(text))
          ? [`${path} asks the world`]
          : []),
      ]);
    expect(wrong).toEqual([]);
  });

  it("reads the environment, ends the process and prints only where that is allowed", () => {
    const wrong = files.flatMap(({ path, room, text }) => {
      const source = code(text);
      return [
        ...(/\bprocess\.env\b/.test(source) && room !== "config" ? [`${path} reads process.env`] : []),
        ...(/\bprocess\.(exit|exitCode)\b/.test(source) && room !== "ci" ? [`${path} ends the process`] : []),
        ...(/\bconsole\./.test(source) && room !== "cli" && path !== "system/log.ts" ? [`${path} prints`] : []),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it("has no room and no file without a subject", () => {
    const nameless = files.filter(({ path }) =>
      path.split("/").some((part) => /^(utils?|common|helpers?|misc|shared)(\.|$)/.test(part)),
    );
    expect(nameless.map(({ path }) => path)).toEqual([]);
  });

  it("opens every file with its purpose", () => {
    expect(files.filter(({ text }) => !text.startsWith("/**")).map(({ path }) => path)).toEqual([]);
  });

  it("loads heavy packages only when they are used", () => {
    const heavy =
      /^(ink|react|better-sqlite3|kysely|simple-git|zod|yaml|fastify|@ast-grep\/|@secretlint\/|web-tree-sitter|oxc-parser|markdownlint|typescript|sh-syntax|@actions\/)/;
    // These files are themselves loaded lazily by the only one that needs them.
    const lazy = lazilyLoaded();
    const wrong = files
      .filter(({ path }) => !lazy.has(path))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ from, isStatic, typeOnly }) => isStatic && !typeOnly && heavy.test(from))
          .map(({ from }) => `${path} imports ${from}`),
      );
    expect(wrong).toEqual([]);
  });
});

it("loads no analysis for a check of which nothing changed", () => {
  const late = /^(?:analyzers|findings|config|store|engine|workflow|actions|integrations|llm|queue)\//;
  const eager = loadedWith("cli/main.ts", "cli/check.ts", "reports/pretty.ts");
  expect(eager.size).toBeGreaterThan(20);
  expect([...eager].filter((path) => late.test(path) && path !== "store/uuid.ts")).toEqual([]);
});

/** Files that are not reachable from the command line's entry through static imports. */
function lazilyLoaded(): ReadonlySet<string> {
  const eager = loadedWith("cli/main.ts", "cli/check.ts");
  return new Set(files.map(({ path }) => path).filter((path) => !eager.has(path)));
}

/** These files and all that they import statically, and so on. */
function loadedWith(...entries: readonly string[]): ReadonlySet<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const eager = new Set<string>();
  const visit = (path: string): void => {
    const file = byPath.get(path);
    if (file === undefined || eager.has(path)) return;
    eager.add(path);
    for (const { from, isStatic, typeOnly } of file.imports) {
      if (isStatic && !typeOnly && from.startsWith(".")) visit(relative(src, join(src, dirname(path), from)));
    }
  };
  for (const entry of entries) visit(entry);
  return eager;
}

function list(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(src, join(entry.parentPath, entry.name)))
    .sort();
}

function read(path: string): SourceText {
  const text = readFileSync(join(src, path), "utf8");
  const imports = [
    ...[...text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^"';]*?\bfrom\s+"([^"]+)"/gm)].map((match) => ({
      from: match[2] ?? "",
      isStatic: true,
      typeOnly: match[1] !== undefined,
    })),
    ...[...text.matchAll(/^\s*import\s+"([^"]+)"/gm)].map((match) => ({
      from: match[1] ?? "",
      isStatic: true,
      typeOnly: false,
    })),
    ...[...text.matchAll(/\bimport\(\s*"([^"]+)"/g)].map((match) => ({
      from: match[1] ?? "",
      isStatic: false,
      typeOnly: false,
    })),
  ];
  return { path, room: path.split("/")[0] ?? "", text, imports };
}

/** The text without comments and strings: what they say is not done. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '""');
}

/** Bundles the program into dist/ with code splitting: each command loads only what it needs. */
import { createHash } from "node:crypto";
import { globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";

/**
 * Native, WASM, with worker files of their own, or sent on as the text that they are (axe-core, into pages): they must
 * stay packages. And react-devtools-core, which nobody installs: ink asks for it only if DEV=true, and only if it is
 * there.
 */
const external = [
  "@ast-grep/*",
  "@astral-sh/ruff-wasm-nodejs",
  "axe-core",
  "better-sqlite3",
  "oxc-parser",
  "oxlint",
  "playwright-core",
  "react-devtools-core",
  "sh-syntax",
];

const groups = ["start", "commander", "rest"] as const;

/**
 * Node's own modules, without what an `import` of one costs: Node then reads every export of it once, which loads parts
 * that nobody asked for (all streams, for `node:fs`) and takes a tenth of a short run. Names that no source uses are
 * dropped here. `groupOf`: importers of one group share a copy, so that it lands in their file.
 */
function builtins(groupOf: (importer: string) => (typeof groups)[number]): Plugin {
  return {
    name: "builtins",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^node:/ }, ({ path, kind, importer }) =>
        kind === "import-statement"
          ? { path, namespace: `builtin-${groupOf(importer)}`, sideEffects: false }
          : undefined,
      );
      for (const group of groups) {
        onLoad({ filter: /./, namespace: `builtin-${group}` }, ({ path }) => {
          const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => name !== "default");
          const module = JSON.stringify(path);
          return {
            contents: [
              `export default /* @__PURE__ */ process.getBuiltinModule(${module});`,
              `const pick = (name) => process.getBuiltinModule(${module})[name];`,
              ...names.map((name) => `export const ${name} = /* @__PURE__ */ pick(${JSON.stringify(name)});`),
            ].join("\n"),
          };
        });
      }
    },
  };
}

const sources = createHash("sha256");
for (const file of [...globSync("src/**/*.ts*"), "package-lock.json"].sort())
  sources.update(file).update(readFileSync(file));

const root = import.meta.dirname;

/** What a check of which nothing changed runs through, besides the command line's library. */
const startPath = [
  "src/cli/main.ts",
  "src/cli/report-output.ts",
  "src/cli/show-progress.ts",
  "src/app/check.ts",
  "src/model/analyzer.ts",
  "src/reports/pretty.ts",
];

/** Sources that these load when they load: their imports, and the imports of those. */
async function loadedWith(entries: readonly string[]): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [...entries],
    outdir: "dist",
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    packages: "external",
  });
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { path: next, kind, external } of metafile.inputs[path]?.imports ?? [])
      if (kind === "import-statement" && external !== true) visit(next);
  };
  for (const entry of entries) visit(entry);
  return [...reached].sort();
}

/**
 * Puts those sources into one file: esbuild gives every set of entry points that share something a chunk of its own, and
 * opening thirty small files takes longer than all that they do. Here every other source asks for all of them, so that
 * they are shared by the same entry points.
 */
function together(start: readonly string[]): Plugin {
  const paths = new Set(start.map((path) => join(root, path)));
  // Those of them that are entry points, or imported when needed, must ask for the others as well.
  const entries = new Set(startPath.map((path) => join(root, path)));
  return {
    name: "together",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^codeflow:start$/ }, ({ path }) => ({ path, namespace: "start" }));
      onLoad({ filter: /./, namespace: "start" }, () => ({
        contents: start.map((path) => `import ${JSON.stringify(`./${path}`)};`).join("\n"),
        resolveDir: root,
      }));
      onLoad({ filter: /\/src\/.*\.tsx?$/ }, ({ path }) => {
        if (paths.has(path) && !entries.has(path)) return undefined;
        // A worker thread must do something before it loads anything.
        if (path.endsWith("/check-worker.ts")) return undefined;
        const text = readFileSync(path, "utf8");
        return { contents: `import "codeflow:start";${text}`, loader: path.endsWith("x") ? "tsx" : "ts" };
      });
    },
  };
}

rmSync("dist", { recursive: true, force: true });
const options: BuildOptions = {
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22.12",
  // jsonc-parser and others: their CommonJS entries load parts by computed names, which cannot be bundled.
  mainFields: ["module", "main"],
  // The package offers Node only CommonJS, whose named exports a lazy import of a bundle would lose.
  alias: { yaml: "./node_modules/yaml/browser/index.js" },
  external,
  define: {
    CODEFLOW_BUILD: JSON.stringify(sources.digest("hex").slice(0, 16)),
    // React's other half checks everything twice.
    "process.env.NODE_ENV": '"production"',
  },
  sourcemap: false,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  logLevel: "warning",
  // Bundled CommonJS packages ask for require; only chunks that hold one need it, and it costs microseconds.
  banner: {
    js: 'const require=process.getBuiltinModule("node:module").createRequire(import.meta.url);',
  },
};
const start = await loadedWith(startPath);
const isStart = new Set(start.map((path) => join(root, path)));
await Promise.all([
  build({
    ...options,
    entryPoints: { cli: "src/cli/main.ts", "check-worker": "src/app/check/check-worker.ts" },
    plugins: [
      builtins((importer) =>
        isStart.has(importer) ? "start" : importer.includes("/node_modules/commander/") ? "commander" : "rest",
      ),
      together(start),
    ],
  }),
  // Programs of their own that need little of the rest.
  build({
    ...options,
    entryPoints: { "ruff-host": "src/analyzers/ruff/host.ts", applier: "src/project/write-back/applier.ts" },
    plugins: [builtins(() => "rest")],
  }),
]);

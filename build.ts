/** Bundles the program into dist/ with code splitting: each command loads only what it needs. */
import { createHash } from "node:crypto";
import { globSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

/**
 * Native, WASM, or with worker files of their own: they must stay packages. And react-devtools-core, which nobody
 * installs: ink asks for it only if DEV=true, and only if it is there.
 */
const external = [
  "@ast-grep/*",
  "@astral-sh/ruff-wasm-nodejs",
  "better-sqlite3",
  "oxc-parser",
  "oxlint",
  "react-devtools-core",
  "sh-syntax",
  "tinypool",
];

const sources = createHash("sha256");
for (const file of [...globSync("src/**/*.ts*"), "package-lock.json"].sort())
  sources.update(file).update(readFileSync(file));

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: {
    cli: "src/cli/main.ts",
    "check-worker": "src/app/check/worker.ts",
    "ruff-host": "src/analyzers/ruff/host.ts",
    applier: "src/project/write-back/applier.ts",
  },
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
  keepNames: true,
  legalComments: "none",
  logLevel: "warning",
  // Bundled CommonJS packages ask for require; only chunks that hold one need it, and it costs microseconds.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module";const require=__createRequire(import.meta.url);',
  },
});

/** How several packages live in one repository. */
import { file, files, type SignatureTable } from "../signature.ts";

const workspaces = (lockFiles: readonly string[], without: readonly string[] = []) =>
  file.definitive("package.json", {
    keys: ["workspaces"],
    ...(lockFiles.length > 0 ? { beside: lockFiles } : {}),
    without,
  });

export const monorepos: SignatureTable = {
  kind: "monorepo",
  rows: [
    { id: "bazel", name: "Bazel", signals: files(["MODULE.bazel", "WORKSPACE.bazel"], "definitive"), confirmed: "R I" },
    {
      id: "bun-workspaces",
      name: "Bun workspaces",
      signals: [workspaces(["bun.lock", "bun.lockb"])],
      confirmed: "V R",
    },
    {
      id: "cargo-workspace",
      name: "Cargo workspace",
      signals: [file.definitive("Cargo.toml", { text: /^\[workspace\]/m })],
      confirmed: "R",
    },
    { id: "go-workspace", name: "Go workspace", signals: [file.definitive("go.work")], confirmed: "R" },
    {
      id: "gradle-multi-project",
      name: "Gradle multi-project build",
      signals: files(["settings.gradle", "settings.gradle.kts"], "definitive", {
        text: /^[ \t]*include\s*(?:\(|["'])/m,
      }),
      confirmed: "R",
    },
    { id: "lerna", name: "Lerna", signals: [file.definitive("lerna.json")], confirmed: "C R" },
    {
      id: "maven-multi-module",
      name: "Maven multi-module build",
      signals: [file.definitive("pom.xml", { text: /^[ \t]*<modules>/m })],
      confirmed: "R",
    },
    { id: "melos", name: "Melos", signals: [file.definitive("melos.yaml")], confirmed: "C" },
    { id: "moon", name: "moon", signals: [file.definitive(".moon/workspace.yml")], confirmed: "C" },
    {
      id: "npm-workspaces",
      name: "npm workspaces",
      signals: [workspaces([], ["yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", ".yarnrc.yml"])],
      confirmed: "V R",
    },
    { id: "nx", name: "Nx", signals: [file.definitive("nx.json")], confirmed: "V C" },
    {
      // Since version 10 the file holds settings of a single package too.
      id: "pnpm-workspaces",
      name: "pnpm workspaces",
      signals: [file.definitive("pnpm-workspace.yaml", { text: /^packages:/m })],
      confirmed: "V R",
    },
    { id: "rush", name: "Rush", signals: [file.definitive("rush.json")], confirmed: "C V" },
    {
      id: "turborepo",
      name: "Turborepo",
      signals: files(["turbo.json", "turbo.jsonc"], "definitive"),
      confirmed: "V C",
    },
    {
      id: "uv-workspace",
      name: "uv workspace",
      signals: [file.definitive("pyproject.toml", { text: /^\[tool\.uv\.workspace\]/m })],
      confirmed: "R D",
    },
    {
      id: "yarn-workspaces",
      name: "Yarn workspaces",
      signals: [workspaces(["yarn.lock", ".yarnrc.yml"])],
      confirmed: "V R",
    },
  ],
};

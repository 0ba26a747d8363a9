/** Which test runners a repository uses, and the command that runs the tests related to changed files. Pure. */

export const testRunners = ["vitest", "jest", "pytest", "go", "cargo"] as const;
export type TestRunner = (typeof testRunners)[number];

/** One process to start; `folder` is relative to the root, `.` the root itself. */
export interface TestCommand {
  readonly runner: TestRunner;
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface RunnerPlace {
  readonly runner: TestRunner;
  readonly folder: string;
}

/** `text`: of manifests (`package.json`, `pyproject.toml`…), by path. */
export function detectRunners(paths: readonly string[], text: (path: string) => string | undefined): RunnerPlace[] {
  const places: RunnerPlace[] = [];
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
    if (name === "package.json") {
      const runner = scriptRunner(text(path) ?? "");
      if (runner !== undefined) places.push({ runner, folder });
    } else if (name === "go.mod") places.push({ runner: "go", folder });
    else if (name === "Cargo.toml" && /^\[package\]/m.test(text(path) ?? "")) places.push({ runner: "cargo", folder });
    else if (isPytestHome(name, text(path) ?? "")) places.push({ runner: "pytest", folder });
  }
  // Without any setting pytest is still what runs files that are named as it wants them.
  if (!places.some(({ runner }) => runner === "pytest") && paths.some((path) => /(?:^|\/)test_[^/]+\.py$/.test(path))) {
    places.push({ runner: "pytest", folder: "." });
  }
  return places.filter(
    (place, index) => places.findIndex((one) => one.runner === place.runner && one.folder === place.folder) === index,
  );
}

function scriptRunner(text: string): "vitest" | "jest" | undefined {
  try {
    const manifest = JSON.parse(text) as Record<string, unknown>;
    const names = ["dependencies", "devDependencies"].flatMap((group) =>
      Object.keys((manifest[group] as object | undefined) ?? {}),
    );
    const scripts = Object.values((manifest["scripts"] as Record<string, string> | undefined) ?? {}).join("\n");
    if (names.includes("vitest") || /\bvitest\b/.test(scripts)) return "vitest";
    if (names.includes("jest") || /\bjest\b/.test(scripts)) return "jest";
  } catch {
    // A manifest that does not parse names no runner; the check's analyzers report it.
  }
  return undefined;
}

function isPytestHome(name: string, text: string): boolean {
  if (name === "pytest.ini") return true;
  if (name === "pyproject.toml") return /^\[tool\.pytest/m.test(text) || /["']pytest\b/.test(text);
  return (name === "setup.cfg" && text.includes("[tool:pytest]")) || (name === "tox.ini" && /^\[pytest\]/m.test(text));
}

/** `changed`: files that still exist. Undefined: this runner has nothing to do with them. */
export function relatedTests(
  place: RunnerPlace,
  changed: readonly string[],
  paths: readonly string[],
): Omit<TestCommand, "runner" | "folder"> | undefined {
  const prefix = place.folder === "." ? "" : `${place.folder}/`;
  const inside = changed.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  const own = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  switch (place.runner) {
    case "vitest": {
      const files = inside.filter((path) => /\.(?:[cm]?[jt]sx?|vue|svelte|json|css)$/.test(path));
      return files.length === 0
        ? undefined
        : { command: "vitest", args: ["related", "--run", "--passWithNoTests", ...dashed(files)] };
    }
    case "jest": {
      const files = inside.filter((path) => /\.(?:[cm]?[jt]sx?|vue|json)$/.test(path));
      return files.length === 0
        ? undefined
        : { command: "jest", args: ["--ci", "--passWithNoTests", "--findRelatedTests", ...dashed(files)] };
    }
    case "pytest": {
      const tests = pythonTests(inside, own);
      return tests.length === 0 ? undefined : { command: "python3", args: ["-m", "pytest", "-q", ...dashed(tests)] };
    }
    case "go": {
      const folders = [
        ...new Set(
          inside
            .filter((path) => path.endsWith(".go"))
            .map((path) => `./${path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ""}`),
        ),
      ];
      return folders.length === 0 ? undefined : { command: "go", args: ["test", ...folders.sort()] };
    }
    case "cargo":
      return inside.some((path) => /\.rs$|(?:^|\/)Cargo\.(?:toml|lock)$/.test(path))
        ? { command: "cargo", args: ["test", "--quiet"] }
        : undefined;
  }
}

/** A name may begin with a dash. */
function dashed(files: readonly string[]): string[] {
  return files.map((file) => (file.startsWith("-") ? `./${file}` : file));
}

/** Changed tests, and those whose name says that they are of a changed module (`cart.py`: `test_cart.py`, `cart_test.py`). */
function pythonTests(changed: readonly string[], paths: readonly string[]): string[] {
  const isTest = (path: string): boolean => /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/.test(path);
  const names = new Set<string>();
  const conftests: string[] = [];
  for (const path of changed) {
    if (!path.endsWith(".py")) continue;
    const name = path.slice(path.lastIndexOf("/") + 1, -3);
    if (name === "conftest") conftests.push(path.slice(0, Math.max(0, path.lastIndexOf("/") + 1)));
    else if (!isTest(path)) names.add(name);
  }
  return paths
    .filter((path) => {
      if (!isTest(path)) return false;
      if (changed.includes(path) || conftests.some((folder) => path.startsWith(folder))) return true;
      const name = path.slice(path.lastIndexOf("/") + 1, -3);
      return names.has(name.replace(/^test_/, "")) || names.has(name.replace(/_test$/, ""));
    })
    .sort();
}

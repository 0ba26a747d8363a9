/** The command with which each package manager updates one dependency, and the one that installs what the lockfile says. Pure. */
import semver from "semver";
import type { LockManager } from "../../analyzers/dependencies/facts.ts";

export interface UpdateCommands {
  /** One after the other. Scripts of packages do not run: an update must not execute what it brings. */
  readonly update: readonly Command[];
  /** Brings what is installed in step with the lockfile, for tests; absent where updating or testing does that itself. */
  readonly install?: Command;
  /** The same after the lockfile was put back; absent where nothing is installed. */
  readonly restore?: Command;
}

export type Command = readonly [string, ...string[]];

/** How the manifest asks for the package now. */
export interface Declared {
  readonly range: string;
  /** `Requirement.group`. */
  readonly group: string;
}

/** `version`: exact, or undefined for the newest that the manager permits. */
export function updateCommands(
  manager: LockManager,
  name: string,
  version: string | undefined,
  declared?: Declared,
): UpdateCommands {
  const at = `${name}@${version ?? "latest"}`;
  switch (manager) {
    case "npm": {
      // It would write ^ before the version of a package that was pinned.
      const exact = /^=?\d+\.\d+\.\d+/.test(declared?.range ?? "") ? ["--save-exact"] : [];
      return {
        update: [["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", ...exact, "--", at]],
        restore: ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
      };
    }
    case "pnpm":
      return {
        update: [["pnpm", "update", "--ignore-scripts", at]],
        restore: ["pnpm", "install", "--frozen-lockfile", "--ignore-scripts"],
      };
    case "yarn":
      return {
        update: [["yarn", "upgrade", "--ignore-scripts", "--non-interactive", at]],
        restore: ["yarn", "install", "--frozen-lockfile", "--ignore-scripts", "--non-interactive"],
      };
    case "yarn-berry":
      return {
        update: [["yarn", "up", "--mode=skip-build", at]],
        restore: ["yarn", "install", "--immutable", "--mode=skip-build"],
      };
    case "bun":
      return {
        update: [["bun", "update", "--ignore-scripts", at]],
        restore: ["bun", "install", "--frozen-lockfile", "--ignore-scripts"],
      };
    case "poetry": {
      const group = /^poetry (?:group (.+)|(dev)-dependencies)$/.exec(declared?.group ?? "");
      const inGroup = group === null ? [] : ["--group", group[1] ?? group[2] ?? ""];
      const install: Command = ["poetry", "install", "--no-interaction"];
      return {
        update: [
          version === undefined
            ? ["poetry", "update", "--no-interaction", "--lock", name]
            : ["poetry", "add", "--no-interaction", "--lock", ...inGroup, `${name}==${version}`],
        ],
        install,
        restore: install,
      };
    }
    case "uv": {
      const install: Command = ["uv", "sync"];
      return {
        update: [["uv", "lock", "--upgrade-package", version === undefined ? name : `${name}==${version}`]],
        install,
        restore: install,
      };
    }
    case "pdm": {
      const install: Command = ["pdm", "sync"];
      return {
        update: [["pdm", "update", "--no-sync", version === undefined ? name : `${name}==${version}`]],
        install,
        restore: install,
      };
    }
    case "pipenv": {
      const install: Command = ["pipenv", "sync", "--dev"];
      return {
        update: [["pipenv", "upgrade", version === undefined ? name : `${name}==${version}`]],
        install,
        restore: install,
      };
    }
    case "cargo":
      return { update: cargoCommands(name, version, declared) };
    case "go":
      return {
        update: [
          ["go", "get", at.replace(/@(?=\d)/, "@v")],
          ["go", "mod", "tidy"],
        ],
      };
    case "bundler":
      return { update: [["bundle", "update", "--conservative", name]], restore: ["bundle", "install"] };
    case "composer": {
      const quiet = ["--no-scripts", "--no-plugins", "--no-interaction"];
      const isDev = declared?.group === "require-dev" ? ["--dev"] : [];
      return {
        update: [
          version === undefined
            ? ["composer", "update", "--with-dependencies", ...quiet, name]
            : ["composer", "require", "--with-dependencies", ...isDev, ...quiet, `${name}:${version}`],
        ],
        restore: ["composer", "install", ...quiet],
      };
    }
  }
}

/** `cargo update` stays in the manifest's range; a version beyond it is for `cargo add`, which writes the manifest. */
function cargoCommands(name: string, version: string | undefined, declared: Declared | undefined): Command[] {
  if (version === undefined) return [["cargo", "update", "--package", name]];
  const precise: Command = ["cargo", "update", "--package", name, "--precise", version];
  const flag = { dependencies: [], "dev-dependencies": ["--dev"], "build-dependencies": ["--build"] };
  const flags = flag[(declared?.group ?? "") as keyof typeof flag];
  if (declared === undefined || flags === undefined || !/^[\^~=<>*\d]/.test(declared.range)) return [precise];
  // A bare number is a caret range: https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html
  const ranges = declared.range.split(",").map((part) => part.trim().replace(/^(?=\d)/, "^"));
  return semver.satisfies(version, ranges.join(" "))
    ? [precise]
    : [["cargo", "add", ...flags, `${name}@${version}`], precise];
}

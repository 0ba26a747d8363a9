/** The command with which each package manager updates one dependency, and the one that installs what the lockfile says. Pure. */
import type { LockManager } from "../../analyzers/dependencies/facts.ts";

export interface UpdateCommands {
  /** One after the other. Scripts of packages do not run: an update must not execute what it brings. */
  readonly update: readonly (readonly [string, ...string[]])[];
  /** Brings what is installed back in step with the lockfile after it was put back; absent where nothing is installed. */
  readonly restore?: readonly [string, ...string[]];
}

/** `version`: exact, or undefined for the newest that the manager permits. */
export function updateCommands(manager: LockManager, name: string, version: string | undefined): UpdateCommands {
  const at = `${name}@${version ?? "latest"}`;
  switch (manager) {
    case "npm":
      return {
        update: [["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--", at]],
        restore: ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
      };
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
    case "poetry":
      return {
        update: [
          version === undefined
            ? ["poetry", "update", "--no-interaction", "--lock", name]
            : ["poetry", "add", "--no-interaction", "--lock", `${name}==${version}`],
        ],
      };
    case "uv":
      return { update: [["uv", "lock", "--upgrade-package", version === undefined ? name : `${name}==${version}`]] };
    case "pdm":
      return { update: [["pdm", "update", "--no-sync", version === undefined ? name : `${name}==${version}`]] };
    case "pipenv":
      return { update: [["pipenv", "upgrade", version === undefined ? name : `${name}==${version}`]] };
    case "cargo":
      return {
        update: [["cargo", "update", "--package", name, ...(version === undefined ? [] : ["--precise", version])]],
      };
    case "go":
      return {
        update: [
          ["go", "get", at.replace(/@(?=\d)/, "@v")],
          ["go", "mod", "tidy"],
        ],
      };
    case "bundler":
      return { update: [["bundle", "update", "--conservative", name]] };
    case "composer":
      return {
        update: [
          version === undefined
            ? ["composer", "update", "--with-dependencies", "--no-scripts", "--no-plugins", "--no-interaction", name]
            : [
                "composer",
                "require",
                "--with-dependencies",
                "--no-scripts",
                "--no-plugins",
                "--no-interaction",
                `${name}:${version}`,
              ],
        ],
      };
  }
}

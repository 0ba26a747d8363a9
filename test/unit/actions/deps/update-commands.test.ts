/** What each package manager is asked; every line here was run with the real one, uv's, PDM's and Pipenv's excepted. */
import { expect, it } from "vitest";
import { updateCommands } from "../../../../src/actions/deps/update-commands.ts";
import type { LockManager } from "../../../../src/analyzers/dependencies/facts.ts";

const lines = (...given: Parameters<typeof updateCommands>): string[] =>
  updateCommands(...given).update.map((command) => command.join(" "));

it.each<[LockManager, string | undefined, { range: string; group: string } | undefined, string[]]>([
  ["npm", "7.0.0", { range: "^6.0.0", group: "dependencies" }, ["npm install -- left@7.0.0"]],
  ["npm", "7.0.0", { range: "6.0.0", group: "dependencies" }, ["npm install --save-exact -- left@7.0.0"]],
  ["npm", undefined, undefined, ["npm install -- left@latest"]],
  ["pnpm", "7.0.0", undefined, ["pnpm update left@7.0.0"]],
  ["yarn", "7.0.0", undefined, ["yarn upgrade left@7.0.0"]],
  ["yarn-berry", "7.0.0", undefined, ["yarn up left@7.0.0"]],
  ["cargo", undefined, { range: "0.3.1", group: "dependencies" }, ["cargo update --package left"]],
  ["cargo", "0.3.2", { range: "0.3.1", group: "dependencies" }, ["cargo update --package left --precise 0.3.2"]],
  [
    "cargo",
    "0.4.0",
    { range: "0.3.1", group: "dependencies" },
    ["cargo add left@0.4.0", "cargo update --package left --precise 0.4.0"],
  ],
  [
    "cargo",
    "0.4.0",
    { range: ">=0.3, <0.4", group: "dev-dependencies" },
    ["cargo add --dev left@0.4.0", "cargo update --package left --precise 0.4.0"],
  ],
  ["cargo", "0.4.0", { range: "workspace", group: "dependencies" }, ["cargo update --package left --precise 0.4.0"]],
  ["go", "1.1.0", undefined, ["go get left@v1.1.0", "go mod tidy"]],
  ["bundler", "1.1.0", undefined, ["bundle update --conservative left"]],
  ["composer", undefined, { range: "^1", group: "require-dev" }, ["composer update --with-dependencies left"]],
  ["composer", "1.1.0", { range: "^1", group: "require" }, ["composer require --with-dependencies left:1.1.0"]],
  [
    "composer",
    "1.1.0",
    { range: "^1", group: "require-dev" },
    ["composer require --with-dependencies --dev left:1.1.0"],
  ],
  ["poetry", undefined, undefined, ["poetry update --lock left"]],
  ["poetry", "1.1.0", { range: "^1", group: "poetry dependencies" }, ["poetry add --lock left==1.1.0"]],
  ["poetry", "1.1.0", { range: "^1", group: "poetry group test" }, ["poetry add --lock --group test left==1.1.0"]],
  ["poetry", "1.1.0", { range: "^1", group: "poetry dev-dependencies" }, ["poetry add --lock --group dev left==1.1.0"]],
  ["uv", "1.1.0", undefined, ["uv lock --upgrade-package left==1.1.0"]],
])("%s to %s from %j", (manager, version, declared, expected) => {
  const quiet =
    / --(?:ignore-scripts|no-audit|no-fund|no-scripts|no-plugins|non?-?interaction|non-interactive|mode=skip-build)\b/g;
  expect(lines(manager, "left", version, declared).map((line) => line.replace(quiet, ""))).toEqual(expected);
});

it("installs before tests where updating only locks", () => {
  const managers: LockManager[] = [
    "npm",
    "pnpm",
    "yarn",
    "composer",
    "bundler",
    "go",
    "cargo",
    "poetry",
    "uv",
    "pdm",
    "pipenv",
  ];
  expect(managers.filter((manager) => updateCommands(manager, "left", undefined).install !== undefined)).toEqual([
    "poetry",
    "uv",
    "pdm",
    "pipenv",
  ]);
});

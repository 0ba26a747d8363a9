/**
 * Actions with the real programs that they start: test runners, and package managers against registries on this machine.
 * What a machine does not have is passed over, and said so; the cases beside hold what the real ones printed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { outdated } from "../../src/actions/deps/outdated.ts";
import { updateOne } from "../../src/actions/deps/update-one.ts";
import { testChanged } from "../../src/actions/quality/test-changed.ts";
import { type ActionDefinition, StepFailed } from "../../src/model/action.ts";
import { caseSchema, type FileContent } from "./case.ts";
import { cargoRegistry, composerArtifacts, goProxy, npmRegistry } from "./local-registries.ts";
import { CaseWorld } from "./world.ts";

const repository = join(import.meta.dirname, "../..");

function says(command: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8", timeout: 30_000 });
  return status === 0 ? stdout.trim() : undefined;
}

const has = {
  jest: says("jest", "--version") !== undefined,
  pytest: says("python3", "-m", "pytest", "--version") !== undefined,
  go: says("go", "version") !== undefined,
  cargo: says("cargo", "--version") !== undefined,
  npm: says("npm", "--version") !== undefined,
  pnpm: says("pnpm", "--version") !== undefined,
  yarn: says("yarn", "--version")?.startsWith("1.") === true,
  "yarn-berry": /^[2-9]/.test(says("yarn", "--version") ?? ""),
  composer: says("composer", "--version") !== undefined && says("php", "-m")?.includes("zip") === true,
};

/** Where programs keep what they need: the case's own HOME is empty. */
const homes: Readonly<Record<string, string>> = {
  CARGO_HOME: process.env["CARGO_HOME"] ?? join(homedir(), ".cargo"),
  RUSTUP_HOME: process.env["RUSTUP_HOME"] ?? join(homedir(), ".rustup"),
  PYENV_ROOT: process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"),
  // A cold cache compiles the standard library.
  ...(has.go ? { GOCACHE: says("go", "env", "GOCACHE") ?? "" } : {}),
  GOTOOLCHAIN: "local",
  GOFLAGS: "-modcacherw",
  GONOSUMDB: "*",
  COMPOSER_ALLOW_SUPERUSER: "1",
  // Bytecode goes by seconds and sizes, and the tests are quicker than that.
  PYTHONDONTWRITEBYTECODE: "1",
};

interface Given {
  readonly files: Readonly<Record<string, string>>;
  readonly untracked?: Readonly<Record<string, FileContent>>;
  readonly env?: Readonly<Record<string, string>>;
}

async function open({ files, untracked = {}, env = {} }: Given): Promise<CaseWorld> {
  const world = await CaseWorld.open(caseSchema.parse({ files, untracked, env: { ...homes, ...env }, expect: {} }));
  onTestFinished(() => world.close());
  return world;
}

/** Its outputs; a failed step's are those that it failed with. */
async function run(world: CaseWorld, action: ActionDefinition, given: object): Promise<Record<string, unknown>> {
  const context = await world.context(action.id, action.needs);
  try {
    return (await action.run(context as never, action.inputs.parse(given))) as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    return { ...error.outputs, failed: error.message };
  }
}

function read(world: CaseWorld, path: string): string {
  return readFileSync(join(world.checkout.root, path), "utf8");
}

describe("quality.test-changed", () => {
  const linked = { node_modules: { symlink: join(repository, "node_modules") } };
  const runners: readonly {
    readonly name: "vitest" | "jest" | "pytest" | "go" | "cargo";
    readonly files: Readonly<Record<string, string>>;
    readonly changed: string;
    readonly broken: string;
  }[] = [
    {
      name: "vitest",
      files: {
        "package.json": '{ "private": true, "devDependencies": { "vitest": "*" } }',
        "src/cart.ts": "export const total = (a: number, b: number) => a + b;\n",
        "src/cart.test.ts":
          'import { expect, it } from "vitest";\nimport { total } from "./cart.ts";\nit("adds", () => expect(total(1, 2)).toBe(3));\n',
        "src/other.test.ts": 'import { expect, it } from "vitest";\nit("never runs", () => expect(1).toBe(2));\n',
      },
      changed: "src/cart.ts",
      broken: "export const total = (a: number, b: number) => a - b;\n",
    },
    {
      name: "jest",
      files: {
        "package.json": '{ "private": true, "devDependencies": { "jest": "*" }, "jest": {} }',
        "src/cart.js": "exports.total = (a, b) => a + b;\n",
        "src/cart.test.js":
          'const { total } = require("./cart.js");\ntest("adds", () => expect(total(1, 2)).toBe(3));\n',
        "src/other.test.js": 'test("never runs", () => expect(1).toBe(2));\n',
      },
      changed: "src/cart.js",
      broken: "exports.total = (a, b) => a - b;\n",
    },
    {
      name: "pytest",
      files: {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
        "shop/cart.py": "def total(a, b):\n    return a + b\n",
        "tests/test_cart.py": "from shop.cart import total\n\n\ndef test_total():\n    assert total(1, 2) == 3\n",
        "tests/test_other.py": "def test_never_runs():\n    assert 1 == 2\n",
      },
      changed: "shop/cart.py",
      broken: "def total(a, b):\n    return a - b\n",
    },
    {
      name: "go",
      files: {
        "go.mod": "module example.org/shop\n\ngo 1.18\n",
        "cart/cart.go": "package cart\n\nfunc Total(a, b int) int { return a + b }\n",
        "cart/cart_test.go":
          'package cart\n\nimport "testing"\n\nfunc TestTotal(t *testing.T) {\n\tif Total(1, 2) != 3 {\n\t\tt.Fatal("no")\n\t}\n}\n',
        "other/other_test.go":
          'package other\n\nimport "testing"\n\nfunc TestNeverRuns(t *testing.T) { t.Fatal("no") }\n',
      },
      changed: "cart/cart.go",
      broken: "package cart\n\nfunc Total(a, b int) int { return a - b }\n",
    },
    {
      name: "cargo",
      files: {
        "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n',
        "Cargo.lock": 'version = 3\n\n[[package]]\nname = "shop"\nversion = "0.1.0"\n',
        "src/lib.rs":
          "pub fn total(a: i32, b: i32) -> i32 { a + b }\n\n#[test]\nfn adds() { assert_eq!(total(1, 2), 3); }\n",
      },
      changed: "src/lib.rs",
      broken: "pub fn total(a: i32, b: i32) -> i32 { a - b }\n\n#[test]\nfn adds() { assert_eq!(total(1, 2), 3); }\n",
    },
  ];

  it.for(runners)("$name passes and fails with the tests of what changed", async (runner, context) => {
    if (runner.name !== "vitest" && !has[runner.name]) context.skip(`${runner.name} is not on this machine`);
    const world = await open({ files: runner.files, untracked: runner.name === "vitest" ? linked : {} });
    expect(await run(world, testChanged, { paths: [runner.changed] })).toMatchObject({
      passed: true,
      ran: [{ runner: runner.name, folder: ".", passed: true, "exit-code": 0 }],
    });
    writeFileSync(join(world.checkout.root, runner.changed), runner.broken);
    expect(await run(world, testChanged, { paths: [runner.changed] })).toMatchObject({
      failed: expect.stringContaining(`${runner.name} in . failed`),
      passed: false,
      ran: [{ runner: runner.name, passed: false }],
    });
  });
});

describe("packages of npm's registry", () => {
  const manifest = {
    name: "shop",
    private: true,
    dependencies: { left: "^1.0.0" },
    devDependencies: { right: "2.0.0" },
  };
  const managers = [
    { name: "npm", lock: ["npm", "install"], lockfile: "package-lock.json" },
    { name: "pnpm", lock: ["pnpm", "install"], lockfile: "pnpm-lock.yaml" },
    { name: "yarn", lock: ["yarn", "install", "--non-interactive"], lockfile: "yarn.lock" },
    { name: "yarn-berry", lock: ["yarn", "install"], lockfile: "yarn.lock" },
  ] as const;

  it.for(managers)("are listed, updated and taken back by $name", { timeout: 120_000 }, async (manager, context) => {
    if (!has[manager.name]) context.skip(`${manager.name} is not on this machine`);
    const versions: Record<string, readonly string[]> = { left: ["1.0.0"], right: ["2.0.0"] };
    const registry = await npmRegistry(versions);
    const settings: Readonly<Record<string, string>> =
      manager.name === "yarn-berry"
        ? {
            ".yarnrc.yml": `npmRegistryServer: "${registry}"\nunsafeHttpWhitelist: ["127.0.0.1"]\nnodeLinker: node-modules\nenableTelemetry: false\n`,
          }
        : { ".npmrc": `registry=${registry}/\n` };
    const world = await open({
      files: {
        ".gitignore": "node_modules\n.yarn\n",
        "package.json": `${JSON.stringify(manifest, null, 2)}\n`,
        [manager.lockfile]: "",
        ...settings,
      },
      env: { YARN_ENABLE_IMMUTABLE_INSTALLS: "false" },
    });
    const { exec } = await world.context(updateOne.id, []);
    const { root } = world.checkout;
    world.checkout.git(["rm", "-q", manager.lockfile]);
    const [command, ...args] = manager.lock;
    const locked = await exec({ command, args, cwd: root });
    expect(locked.exitCode, locked.stdout.toString() + locked.stderr.toString()).toBe(0);
    world.checkout.git(["add", "-A"]);
    world.checkout.git(["-c", "user.name=a", "-c", "user.email=a@example.invalid", "commit", "-qm", "lock"]);
    const before = [read(world, "package.json"), read(world, manager.lockfile)];

    // Only now are there newer ones.
    versions["left"] = ["1.0.0", "1.1.0", "2.0.0"];
    versions["right"] = ["2.0.0", "2.0.1"];
    expect(await run(world, outdated, {})).toMatchObject({
      outdated: [
        { name: "left", current: "1.0.0", latest: "2.0.0", step: "major" },
        { name: "right", current: "2.0.0", latest: "2.0.1", step: "patch" },
      ],
      looked: 2,
      unknown: [],
    });

    const installed = (version: string): string[] => [
      "node",
      "-e",
      `if (require("left") !== "${version}") throw new Error(require("left"))`,
    ];
    const failed = await run(world, updateOne, { name: "left", version: "1.1.0", test: installed("9.9.9") });
    expect(failed).toMatchObject({ outcome: "reverted", from: "1.0.0", failed: expect.stringMatching(/tests fail/) });
    expect([read(world, "package.json"), read(world, manager.lockfile)]).toEqual(before);
    expect(JSON.parse(read(world, "node_modules/left/package.json"))).toMatchObject({ version: "1.0.0" });

    const updated = await run(world, updateOne, { name: "left", version: "1.1.0", test: installed("1.1.0") });
    expect(updated).toMatchObject({ outcome: "updated", from: "1.0.0", to: "1.1.0", tested: true });
    expect(updated["files"]).toEqual(["package.json", manager.lockfile].sort());
  });
});

it.skipIf(!has.go)("Go's modules are listed and updated", { timeout: 120_000 }, async () => {
  const proxy = goProxy("example.org/left", ["v1.0.0", "v1.1.0", "v1.2.0"]);
  const world = await open({
    files: {
      "go.mod": "module example.org/shop\n\ngo 1.18\n\nrequire example.org/left v1.0.0\n",
      "shop.go": 'package shop\n\nimport "example.org/left"\n\nfunc Version() string { return left.Version() }\n',
      "shop_test.go":
        'package shop\n\nimport "testing"\n\nfunc TestVersion(t *testing.T) {\n\tif Version() != "v1.1.0" {\n\t\tt.Fatal(Version())\n\t}\n}\n',
    },
    env: { GOPROXY: proxy, GOSUMDB: "off" },
  });
  const { exec } = await world.context(updateOne.id, []);
  expect((await exec({ command: "go", args: ["mod", "tidy"], cwd: world.checkout.root })).exitCode).toBe(0);
  world.checkout.git(["add", "-A"]);
  world.checkout.git(["-c", "user.name=a", "-c", "user.email=a@example.invalid", "commit", "-qm", "sum"]);
  expect(await run(world, outdated, {})).toMatchObject({
    outdated: [{ name: "example.org/left", current: "v1.0.0", latest: "v1.2.0", step: "minor" }],
  });
  const test = ["go", "test", "./..."];
  expect(await run(world, updateOne, { name: "example.org/left", test })).toMatchObject({ outcome: "reverted" });
  expect(await run(world, updateOne, { name: "example.org/left", version: "1.1.0", test })).toMatchObject({
    outcome: "updated",
    from: "v1.0.0",
    to: "v1.1.0",
    files: ["go.mod", "go.sum"],
    tested: true,
  });
});

it.skipIf(!has.cargo)("Cargo's crates are updated, beyond the manifest too", { timeout: 120_000 }, async () => {
  const registry = cargoRegistry("left", ["0.3.1", "0.3.2", "0.4.0"]);
  const world = await open({
    files: {
      ".cargo/config.toml": `[source.crates-io]\nreplace-with = "local"\n\n[source.local]\nlocal-registry = ${JSON.stringify(registry)}\n`,
      "Cargo.toml":
        '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n\n[dev-dependencies]\nleft = "=0.3.1"\n',
      "src/lib.rs": '#[test]\nfn version() { assert_eq!(left::version(), "0.4.0"); }\n',
      ".gitignore": "target\n",
    },
  });
  const { exec } = await world.context(updateOne.id, []);
  const lock = await exec({ command: "cargo", args: ["generate-lockfile"], cwd: world.checkout.root });
  expect(lock.exitCode, lock.stderr.toString()).toBe(0);
  world.checkout.git(["add", "-A"]);
  world.checkout.git(["-c", "user.name=a", "-c", "user.email=a@example.invalid", "commit", "-qm", "lock"]);
  const before = read(world, "Cargo.lock");
  const test = ["cargo", "test", "--quiet"];
  expect(await run(world, updateOne, { name: "left", version: "0.3.2", test })).toMatchObject({ outcome: "reverted" });
  expect(read(world, "Cargo.lock")).toBe(before);
  expect(await run(world, updateOne, { name: "left", version: "0.4.0", test })).toMatchObject({
    outcome: "updated",
    from: "0.3.1",
    to: "0.4.0",
    files: ["Cargo.lock", "Cargo.toml"],
    tested: true,
  });
  expect(read(world, "Cargo.toml")).toContain('[dev-dependencies]\nleft = "0.4.0"');
});

it.skipIf(!has.composer)("Composer's packages are listed and updated", { timeout: 120_000 }, async () => {
  const artifacts = composerArtifacts("acme/left", ["1.0.0", "1.1.0", "2.0.0"]);
  const repositories = [{ type: "artifact", url: artifacts }, { "packagist.org": false }];
  const manifest = (range: string): string =>
    `${JSON.stringify({ name: "acme/shop", repositories, "require-dev": { "acme/left": range } }, null, 4)}\n`;
  const world = await open({ files: { "composer.json": manifest("1.0.0"), ".gitignore": "vendor\n" } });
  const { exec } = await world.context(updateOne.id, []);
  const composer = (...args: string[]) =>
    exec({ command: "composer", args: [...args, "--no-interaction"], cwd: world.checkout.root });
  expect((await composer("install")).exitCode).toBe(0);
  writeFileSync(join(world.checkout.root, "composer.json"), manifest("^1.0"));
  expect((await composer("update", "--lock")).exitCode).toBe(0);
  world.checkout.git(["add", "-A"]);
  world.checkout.git(["-c", "user.name=a", "-c", "user.email=a@example.invalid", "commit", "-qm", "lock"]);
  expect(await run(world, outdated, {})).toMatchObject({
    outdated: [{ name: "acme/left", current: "1.0.0", latest: "2.0.0", step: "major" }],
  });
  const failed = await run(world, updateOne, { name: "acme/left", version: "2.0.0", test: ["false"] });
  expect(failed).toMatchObject({ outcome: "reverted" });
  expect(JSON.parse(read(world, "vendor/composer/installed.json"))).toMatchObject({ packages: [{ version: "1.0.0" }] });
  expect(await run(world, updateOne, { name: "acme/left", version: "2.0.0" })).toMatchObject({
    outcome: "updated",
    from: "1.0.0",
    to: "2.0.0",
    files: ["composer.json", "composer.lock"],
  });
  expect(read(world, "composer.json")).toContain('"require-dev"');
  expect(existsSync(join(world.checkout.root, "vendor/acme/left/composer.json"))).toBe(true);
});

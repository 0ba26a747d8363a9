/** The repository's own tools misbehaving in every way: the verdict is incomplete and says why, and nothing stays behind. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Repository } from "./repository.ts";

const repositories: Repository[] = [];

afterAll(() => {
  for (const repository of repositories.splice(0)) repository.remove();
});

/** A repository with an `eslint` that answers its version, and otherwise does what `body` says. */
function withTool(body: string, config = ""): Repository {
  const repository = new Repository();
  repositories.push(repository);
  repository.write(
    "node_modules/.bin/eslint",
    `#!/bin/sh\nif [ "$1" = --version ]; then echo v9.39.0; exit 0; fi\n${body}\n`,
    0o755,
  );
  repository.commit({
    ".gitignore": "node_modules\n",
    "eslint.config.js": 'import "./local.js";\nexport default [];\n',
    "app.js": "export const one = 1;\n",
    ...(config === "" ? {} : { "codeflow.yml": config }),
  });
  return repository;
}

const only = ["--only", "eslint"];

/** Processes with this word in their command line, by id. */
function processesWith(word: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(word);
    } catch (error) {
      // Ended while we looked.
      return !(error instanceof Error);
    }
  });
}

async function gone(word: string): Promise<boolean> {
  for (let i = 0; i < 40; i++) {
    if (processesWith(word).length === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

let seconds = 4_000_000 + (process.pid % 100_000) * 10;
/** A number of seconds to sleep that nobody else on this machine uses: finds the process again. */
function mark(): string {
  return String(++seconds);
}

async function expectIncomplete(repository: Repository, reason: RegExp, args: readonly string[] = only) {
  const outcome = await repository.check(args);
  expect(outcome.report.verdict.status, outcome.stdout).toBe("incomplete");
  expect(outcome.exit).toBe(3);
  expect(outcome.report.verdict.reasons.map(({ message }) => message).join("\n")).toMatch(reason);
  const run = outcome.report.analyzers.find(({ id }) => id === "eslint");
  expect(run?.status).toBe("failed");
  expect(run?.reason).toMatch(reason);
  expect(repository.leftovers()).toEqual([]);
  return outcome;
}

describe.skipIf(process.platform === "win32")("a tool that", { concurrent: true }, () => {
  it("answers properly passes", async () => {
    const repository = withTool("echo '[]'");
    const { report, exit } = await repository.check(only);
    expect(report.verdict.status).toBe("passed");
    expect(exit).toBe(0);
  });

  it("hangs is ended with its grandchildren", async () => {
    const [child, grandchild, stubborn] = [mark(), mark(), mark()];
    const repository = withTool(
      `sh -c 'sleep ${grandchild} & sleep ${child}' &\n(trap "" TERM; sleep ${stubborn} & wait; sleep ${stubborn}) &\nwait\nsleep ${child}`,
      "analyzers:\n  eslint: { timeout: 2s }\n",
    );
    const { ms } = await expectIncomplete(repository, /did not finish in 2 s/);
    expect(ms).toBeLessThan(20_000);
    for (const word of [child, grandchild, stubborn]) expect(await gone(word), word).toBe(true);
  });

  it("is ended by a signal", async () => {
    await expectIncomplete(withTool("kill -SEGV $$"), /SIGSEGV/);
  });

  it("prints rubbish", async () => {
    await expectIncomplete(withTool("echo 'Oops: [something] {went} wrong'"), /eslint/);
    await expectIncomplete(withTool("exit 0"), /eslint/);
    await expectIncomplete(withTool(`echo '[{"filePath": 5}]'`), /eslint/);
    await expectIncomplete(withTool(`printf '[{"filePath":"app.js","messages":[{"ruleId"'`), /eslint/);
    await expectIncomplete(withTool("head -c 100000 /dev/urandom"), /eslint/);
  });

  it("prints a gigabyte", async () => {
    const { ms } = await expectIncomplete(withTool("exec head -c 1073741824 /dev/zero"), /more than \d+ bytes/);
    expect(ms).toBeLessThan(60_000);
  });

  it("exits with a code that nobody knows", async () => {
    await expectIncomplete(withTool("echo '[]'; echo 'no such plugin' >&2; exit 77"), /exited with 77: no such plugin/);
  });

  it("leaves children that hold its output open", async () => {
    const word = mark();
    const repository = withTool(`sleep ${word} &\necho '[]'`);
    const { ms } = await expectIncomplete(repository, /left a process running/);
    expect(ms).toBeLessThan(20_000);
    expect(await gone(word)).toBe(true);
  });

  it("leaves a daemon in a session of its own that holds its output open", async () => {
    const word = mark();
    const repository = withTool(`setsid sleep ${word} &\necho '[]'`, "analyzers:\n  eslint: { timeout: 5s }\n");
    try {
      const { ms } = await expectIncomplete(repository, /left a process running/);
      expect(ms).toBeLessThan(20_000);
    } finally {
      // It left our group on purpose; nothing finds such a process.
      for (const pid of processesWith(word)) process.kill(Number(pid), "SIGKILL");
    }
  });

  it("leaves quiet children behind: they end, its answer counts", async () => {
    const word = mark();
    const repository = withTool(`sleep ${word} >/dev/null 2>&1 &\necho '[]'`);
    const { report } = await repository.check(only);
    expect(report.verdict.status).toBe("passed");
    expect(await gone(word)).toBe(true);
  });

  it.each([
    ["cannot be started", "#!/no/such/interpreter\n", /could not be started/],
    ["crashes when asked for its version", "#!/bin/sh\nkill -SEGV $$\n", /--version was ended by SIGSEGV/],
    ["fails when asked for its version", "#!/bin/sh\necho no plugin >&2; exit 1\n", /ended with 1: no plugin/],
    ["prints rubbish for its version", "#!/bin/sh\necho lorem ipsum\n", /printed no version: lorem ipsum/],
    ["does not answer for its version", "#!/bin/sh\nexec sleep 3599\n", /did not answer within 10 seconds/],
  ])("%s", async (_, script, reason) => {
    const repository = withTool("");
    repository.write("node_modules/.bin/eslint", script, 0o755);
    await expectIncomplete(repository, reason);
  });

  it("cannot say its version, but has no file to look at", async () => {
    const repository = withTool("");
    repository.write("node_modules/.bin/stylelint", "#!/bin/sh\nexit 1\n", 0o755);
    repository.commit({ ".stylelintrc.json": "{}\n", "a.css": "a { color: red; }\n" });
    const elsewhere = await repository.check(["--only", "stylelint", "app.js"]);
    expect(elsewhere.exit).toBe(0);
    expect(elsewhere.report.analyzers[0]).toMatchObject({ id: "stylelint", status: "skipped" });
    const here = await repository.check(["--only", "stylelint", "a.css"]);
    expect(here.exit).toBe(3);
    expect(here.report.analyzers[0]).toMatchObject({ id: "stylelint", status: "failed" });
  });

  it("works in one package of a monorepo and is broken in another", async () => {
    const repository = withTool("echo '[]'");
    repository.write("packages/a/node_modules/.bin/eslint", "#!/bin/sh\necho lorem; exit 1\n", 0o755);
    repository.write("packages/a/eslint.config.js", "export default [];\n");
    repository.write("packages/a/app.js", "export const one = 1;\n");
    const { report } = await expectIncomplete(repository, /ended with 1: lorem in packages\/a/);
    expect(report.analyzers).toHaveLength(1);
  });

  it("is missing though required", async () => {
    const repository = withTool("", "analyzers:\n  eslint: { required: true }\n");
    rmSync(join(repository.root, "node_modules"), { recursive: true });
    const { report, exit } = await repository.check(only);
    expect(report.verdict.status).toBe("incomplete");
    expect(exit).toBe(3);
    expect(report.verdict.reasons[0]?.message).toMatch(/eslint.*not installed/);
  });

  it("is missing and not required: told, and passed", async () => {
    const repository = withTool("");
    rmSync(join(repository.root, "node_modules"), { recursive: true });
    const { report, exit } = await repository.check(only);
    expect(exit).toBe(0);
    expect(report.analyzers[0]).toMatchObject({ id: "eslint", status: "skipped" });
    expect(report.analyzers[0]?.reason).toMatch(/not installed/);
  });

  it("never starts with --no-exec, which is said", async () => {
    const canary = "canary";
    const repository = new Repository();
    repositories.push(repository);
    for (const name of ["eslint", "tsc", "prettier", "biome", "stylelint", "knip", "vue-tsc"]) {
      repository.write(`node_modules/.bin/${name}`, `#!/bin/sh\ntouch '${join(repository.base, canary)}'\n`, 0o755);
    }
    const dev = { eslint: "9", typescript: "5", prettier: "3", "@biomejs/biome": "2", stylelint: "16", knip: "5" };
    repository.commit({
      ".gitignore": "node_modules\n",
      "eslint.config.js": "export default [];\n",
      "tsconfig.json": "{}\n",
      ".prettierrc": "{}\n",
      "biome.json": "{}\n",
      ".stylelintrc.json": "{}\n",
      "knip.json": "{}\n",
      "package.json": JSON.stringify({ name: "x", devDependencies: dev, scripts: { lint: "touch canary" } }),
      "app.ts": "export const one = 1;\n",
      "app.css": "a { color: red; }\n",
    });
    const { report, stdout } = await repository.check(["--no-exec", "--profile", "comprehensive"]);
    expect(existsSync(join(repository.base, canary))).toBe(false);
    for (const id of ["eslint", "tsc", "prettier", "biome", "stylelint", "knip"]) {
      const run = report.analyzers.find((analyzer) => analyzer.id === id);
      expect(run?.status, id).toBe("skipped");
      expect(run?.reason, stdout).toMatch(/--no-exec/);
    }
    const pretty = await repository.run(["check", "--no-exec", "--profile", "comprehensive"]);
    expect(pretty.stdout).toMatch(/--no-exec/);
    // And without it they do start: the canary would have seen them.
    await repository.check(["--only", "eslint"]);
    expect(existsSync(join(repository.base, canary))).toBe(true);
  });
});

describe.skipIf(process.platform === "win32")("a compiler that", { concurrent: true }, () => {
  function withCompiler(body: string): Repository {
    const repository = new Repository();
    repositories.push(repository);
    repository.write(
      "node_modules/.bin/tsc",
      `#!/bin/sh\nif [ "$1" = --version ]; then echo Version 5.9.3; exit 0; fi\n${body}\n`,
      0o755,
    );
    repository.commit({
      ".gitignore": "node_modules\n",
      "package.json": '{ "name": "x", "devDependencies": { "typescript": "5.9.3" } }\n',
      "tsconfig.json": "{}\n",
      "app.ts": "export const one = 1;\n",
    });
    return repository;
  }

  it.each([
    ["says nothing but fails", "exit 2"],
    ["crashes with a stack", "echo 'TypeError: cannot read properties of undefined' >&2; exit 1"],
    ["prints rubbish and fails", "echo 'lorem ipsum'; exit 2"],
    ["prints rubbish and succeeds", "echo 'lorem ipsum'; exit 0"],
    ["is killed", "kill -KILL $$"],
  ])("%s is no pass", async (_, body) => {
    const { report, exit } = await withCompiler(body).check(["--only", "tsc"]);
    expect(report.verdict.status).toBe("incomplete");
    expect(exit).toBe(3);
    expect(report.verdict.reasons[0]?.message).toMatch(/^tsc: ./);
  });
});

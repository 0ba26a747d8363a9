/** Cached and uncached answers are equal, whatever happens between two runs, and whatever happened to the cache. */
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, describe, expect, it } from "vitest";
import { linesOf, Repository, type Report } from "./repository.ts";

const repositories: Repository[] = [];

afterAll(() => {
  for (const repository of repositories) repository.remove();
});

const files: Record<string, string> = {
  ".gitignore": "node_modules\nignored\n",
  "app.py": "import os\n\n\ndef f(x=[]):\n    return x\n",
  "lib/b.py": "import sys\nif x is 1:\n    pass\n",
  "web/a.js": "const a = 1;\na = 2;\ndebugger;\n",
  "web/b.js": "export const b = eval(location.hash);\n",
  "notes.md": "# Title\n\n[gone](missing.md)\n",
  "data.json": '{ "a": 1, "a": 2 }\n',
  "run.sh": "#!/bin/sh\nrm -rf $1/\n",
  Dockerfile: "FROM ubuntu\nRUN cd /x && make\n",
  ".github/workflows/ci.yml":
    'on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo "${{ github.event.pull_request.title }}"\n',
};

function create(extra: Record<string, string> = {}): Repository {
  const repository = new Repository();
  repositories.push(repository);
  repository.commit({ ...files, ...extra });
  return repository;
}

/** What a run that knows nothing says. */
async function afresh(
  repository: Repository,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Report> {
  return (await repository.check([...args, "--no-cache"], { env })).report;
}

/** Runs with the cache, twice, and compares with a run without. */
async function expectEqual(
  repository: Repository,
  what: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Report> {
  const cached = await repository.check(args, { env });
  const remembered = await repository.check(args, { env });
  const fresh = await afresh(repository, args, env);
  expect(linesOf(cached.report), `cached after: ${what}`).toEqual(linesOf(fresh));
  expect(linesOf(remembered.report), `remembered after: ${what}`).toEqual(linesOf(fresh));
  return fresh;
}

const rules = (report: Report, path: string): string[] =>
  report.findings.filter(({ location, state }) => location.path === path && state !== "fixed").map(({ rule }) => rule);

describe.skipIf(process.platform === "win32")("cached and uncached are equal", { concurrent: true }, () => {
  it("in what is said of a configuration that is not wholly understood", async () => {
    const repository = create({ "lib/ruff.toml": '[lint]\nselect = ["E", "ZZZ123"]\n' });
    const about = (report: Report): unknown =>
      report.analyzers.find(({ id }) => id === "ruff")?.skippedFiles.filter(({ path }) => path.endsWith(".toml"));
    const told = [{ path: "lib/ruff.toml", reason: expect.stringContaining("unknown rule ZZZ123") }];
    expect(about(await expectEqual(repository, "a rule of another version"))).toEqual(told);
    repository.write("app.py", "import os\n");
    expect(about(await expectEqual(repository, "an edit elsewhere"))).toEqual(told);
    expect(about(await expectEqual(repository, "only elsewhere", ["app.py"]))).toEqual([]);
  });

  it("over scripted edits", { timeout: 400_000 }, async () => {
    const repository = create();
    const { root } = repository;
    const steps: [string, () => void][] = [
      ["nothing", () => {}],
      ["an edit", () => repository.write("app.py", "import os\nimport re\n\nprint(os)\n")],
      ["an undone edit", () => repository.git("checkout", "-q", "--", "app.py")],
      ["a new file", () => repository.write("new.py", "import json\n")],
      ["a staged new file", () => repository.git("add", "new.py")],
      ["a rename on disk", () => renameSync(join(root, "new.py"), join(root, "renamed.py"))],
      ["a rename in git", () => repository.git("mv", "web/a.js", "web/moved.js")],
      ["a removed file", () => rmSync(join(root, "lib/b.py"))],
      ["a commit", () => repository.commit()],
      ["touched without change", () => utimesSync(join(root, "app.py"), new Date(), new Date())],
      ["a configuration", () => repository.write("codeflow.yml", "rules:\n  ruff/*: off\n")],
      [
        "another configuration",
        () => repository.write("codeflow.yml", "rules:\n  ruff/F401: error\nexclude: [web/**]\n"),
      ],
      ["a tool's configuration", () => repository.write("ruff.toml", '[lint]\nselect = ["E", "W"]\n')],
      ["a configuration taken away", () => rmSync(join(root, "codeflow.yml"))],
      [
        "a suppression",
        () => repository.write("app.py", "import os  # codeflow-ignore ruff/F401 -- for its effects\n"),
      ],
      ["the mode", () => chmodSync(join(root, "run.sh"), 0o755)],
      [
        "a file becomes a link",
        () => {
          rmSync(join(root, "notes.md"));
          symlinkSync("nowhere.md", join(root, "notes.md"));
        },
      ],
      [
        "a link becomes a file of the same content",
        () => {
          rmSync(join(root, "notes.md"));
          repository.write("notes.md", "nowhere.md");
        },
      ],
      [
        "a file becomes a folder",
        () => {
          rmSync(join(root, "notes.md"));
          repository.write("notes.md/inner.py", "import os\n");
        },
      ],
      ["ignored", () => repository.write(".gitignore", "node_modules\nrenamed.py\nweb\n")],
      [
        "rules of one's own",
        () =>
          repository.write(
            ".codeflow/rules/own.yml",
            "id: no-print\nlanguage: python\nmessage: no\nrule: { pattern: print($A) }\n",
          ),
      ],
      [
        "a folder becomes a file",
        () => {
          rmSync(join(root, "notes.md"), { recursive: true });
          repository.write("notes.md", "# Again\n");
        },
      ],
      ["stash", () => repository.git("stash", "-q", "-u")],
      ["stash pop", () => repository.git("stash", "pop", "-q")],
      ["another branch", () => repository.git("checkout", "-q", "-f", "-b", "other", "HEAD~1")],
      ["back again", () => repository.git("checkout", "-q", "-f", "main")],
    ];
    for (const [what, edit] of steps) {
      edit();
      await expectEqual(repository, what);
    }
    const staged = ["--staged"];
    repository.write("app.py", "import os\nimport re\n");
    repository.git("add", "-A");
    await expectEqual(repository, "staged", staged);
    repository.write("app.py", "x = 1\n");
    await expectEqual(repository, "edited after staging", staged);
    repository.git("commit", "-q", "-m", "more");
    await expectEqual(repository, "committed", ["--changed", "HEAD~1"]);
    await expectEqual(repository, "one folder", ["web", "app.py"]);
    await expectEqual(repository, "one analyzer", ["--only", "ruff,oxlint"]);
    await expectEqual(repository, "profile", ["--profile", "comprehensive"]);
  });

  it("over edits of the baseline", async () => {
    const repository = create();
    expect((await repository.run(["baseline", "create"])).exit).toBe(0);
    const accepted = await expectEqual(repository, "created");
    expect(accepted.findings.every(({ state }) => state === "unchanged")).toBe(true);
    const path = join(repository.root, ".codeflow/baseline.jsonl");
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, lines.slice(1).join("\n"));
    const report = await expectEqual(repository, "an entry taken away");
    expect(report.findings.filter(({ state }) => state === "new").length).toBe(1);
    rmSync(path);
    await expectEqual(repository, "taken away");
  });

  it("explains its keys", async () => {
    const repository = create();
    await repository.settle();
    await repository.check();
    repository.write("app.py", "import os\nprint(1)\n");
    await repository.settle();
    const { stderr } = await repository.run(["check", "--why-run"]);
    expect(stderr).toMatch(/^ruff: ran, 1 of 2 files from the cache\n {4}analyzer: ruff /m);
    const { stderr: again } = await repository.run(["check", "--why-run"]);
    expect(again).toMatch(/^ruff: cached, 2 of 2 files from the cache$/m);
    for (const part of ["options", "rules", "configuration", "secrets"]) expect(again).toContain(`    ${part}: `);
  });
});

describe.skipIf(process.platform === "win32")("a remembered run is never stale after", { concurrent: true }, () => {
  /** Settled: nothing was written so shortly before that it would not be remembered. */
  async function settled(args: readonly string[] = [], extra: Record<string, string> = {}): Promise<Repository> {
    const repository = create(extra);
    await repository.settle();
    await repository.check(args);
    expect(readdirSync(join(repository.data, "runs")).length, "the run is remembered").toBe(1);
    return repository;
  }

  it("an edit of the same size within the same second, times set back", async () => {
    const repository = await settled();
    const path = join(repository.root, "app.py");
    const { atime, mtime } = statSync(path);
    writeFileSync(path, readFileSync(path, "utf8").replace("import os", "import re"));
    utimesSync(path, atime, mtime);
    const report = await expectEqual(repository, "times set back");
    expect(report.findings.map(({ message }) => message).join()).toContain("`re` imported");
    // Once more, of a file that was changed already.
    writeFileSync(path, readFileSync(path, "utf8").replace("import re", "import io"));
    utimesSync(path, atime, mtime);
    expect((await expectEqual(repository, "again")).findings.map(({ message }) => message).join()).toContain(
      "`io` imported",
    );
  });

  it("an edit of an untracked file, times set back", async () => {
    const repository = await settled();
    const path = repository.write("untracked.py", "import os\n");
    await repository.settle();
    await repository.check();
    const { atime, mtime } = statSync(path);
    writeFileSync(path, "import re\n");
    utimesSync(path, atime, mtime);
    expect(rules(await expectEqual(repository, "untracked"), "untracked.py")).toEqual(["ruff/F401"]);
  });

  it("untracked files in new and in ignored folders, and edits of what is ignored", async () => {
    const repository = await settled();
    repository.write("deep/er/new.py", "import os\n");
    expect(rules(await expectEqual(repository, "new folder"), "deep/er/new.py")).toEqual(["ruff/F401"]);
    repository.write("ignored/x.py", "import os\n");
    expect(rules(await expectEqual(repository, "ignored folder"), "ignored/x.py")).toEqual([]);
    repository.write(".gitignore", "node_modules\n");
    expect(rules(await expectEqual(repository, "ignored no more"), "ignored/x.py")).toEqual(["ruff/F401"]);
    repository.write(".git/info/exclude", "deep\n");
    expect(rules(await expectEqual(repository, "excluded"), "deep/er/new.py")).toEqual([]);
    repository.write("deep/er/.gitignore", "!new.py\n");
    await expectEqual(repository, "nested ignore file");
  });

  it("edits that git was told not to see", async () => {
    const repository = await settled();
    for (const flag of ["assume-unchanged", "skip-worktree"]) {
      repository.git("update-index", `--${flag}`, "app.py");
      await expectEqual(repository, flag);
      repository.write("app.py", `import re  # ${flag}\n`);
      expect(rules(await expectEqual(repository, `edited: ${flag}`), "app.py")).toEqual(["ruff/F401"]);
      repository.write("app.py", `print(1)  # ${flag}\n`);
      expect(rules(await expectEqual(repository, `edited again: ${flag}`), "app.py")).toEqual([]);
      repository.git("update-index", `--no-${flag}`, "app.py");
      repository.git("checkout", "-q", "--", "app.py");
      expect(rules(await expectEqual(repository, `undone: ${flag}`), "app.py")).not.toEqual([]);
    }
  });

  it("moved bases", async () => {
    const repository = create();
    repository.git("tag", "v1");
    repository.commit({ "app.py": "import re\n" });
    repository.commit({ "lib/b.py": "import json\n" });
    for (const base of ["v1", "HEAD~1", "main@{1}", "other"]) {
      repository.git("branch", "-f", "other", "HEAD~1");
      await expectEqual(repository, base, ["--changed", base]);
    }
    repository.git("tag", "-f", "v1", "HEAD~1");
    repository.git("branch", "-f", "other", "HEAD~2");
    await expectEqual(repository, "moved tag", ["--changed", "v1"]);
    await expectEqual(repository, "moved branch", ["--changed", "other"]);
    repository.git("reset", "-q", "--soft", "HEAD~1");
    await expectEqual(repository, "reset", ["--changed", "v1"]);
    await expectEqual(repository, "reset, reflog", ["--changed", "main@{1}"]);
  });

  it("a tool that is installed, changed, made executable, taken away", async () => {
    const repository = await settled([], {
      "eslint.config.js": 'import "./x.js";\n',
      "packages/a/eslint.config.js": 'import "../x.js";\n',
    });
    const tool = (version: string, message: string): string =>
      `#!/bin/sh\nif [ "$1" = --version ]; then echo v${version}; exit; fi\nprintf '[{"filePath":"%s/web/b.js","messages":[{"ruleId":"x","severity":2,"message":"${message}","line":1,"column":1}]}]' "$PWD"\n`;
    const told = (report: Report): string[] =>
      report.findings.filter(({ rule }) => rule.startsWith("eslint/")).map(({ message }) => message);
    const path = repository.write("node_modules/.bin/eslint", tool("9.1.0", "one"), 0o755);
    expect(told(await expectEqual(repository, "installed"))).toEqual(["one"]);
    writeFileSync(path, tool("9.1.0", "two"));
    expect(told(await expectEqual(repository, "edited in place"))).toEqual(["two"]);
    const { atime, mtime } = statSync(path);
    writeFileSync(path, tool("9.2.0", "six"));
    utimesSync(path, atime, mtime);
    expect(told(await expectEqual(repository, "another version, times set back"))).toEqual(["six"]);
    chmodSync(path, 0o644);
    expect(told(await expectEqual(repository, "not executable"))).toEqual([]);
    chmodSync(path, 0o755);
    expect(told(await expectEqual(repository, "executable"))).toEqual(["six"]);
    rmSync(path);
    expect(told(await expectEqual(repository, "taken away"))).toEqual([]);
    // In a package of a monorepo, ignored by git.
    repository.write("packages/a/node_modules/.bin/eslint", tool("9.1.0", "far").replace("/web/b.js", "/x.js"), 0o755);
    repository.commit({ "packages/a/x.js": "export const x = 1;\n" });
    rmSync(join(repository.root, "packages/a/node_modules"), { recursive: true });
    await expectEqual(repository, "no packages");
    repository.write("packages/a/node_modules/.bin/eslint", tool("9.1.0", "far").replace("/web/b.js", "/x.js"), 0o755);
    expect(told(await expectEqual(repository, "installed in a package"))).toEqual(["far"]);
  });

  it("a plugin that is exchanged without a package manager", async () => {
    const repository = await settled([], {
      "eslint.config.js": 'import "./x.js";\n',
      "package.json":
        '{ "name": "x", "private": true, "devDependencies": { "eslint": "9", "eslint-plugin-x": "1" } }\n',
    });
    repository.write(
      "node_modules/.bin/eslint",
      `#!/bin/sh\nif [ "$1" = --version ]; then echo v9.1.0; exit; fi\nprintf '[{"filePath":"%s/web/b.js","messages":[{"ruleId":"x","severity":2,"message":"%s","line":1,"column":1}]}]' "$PWD" "$(cat node_modules/eslint-plugin-x/version)"\n`,
      0o755,
    );
    for (const version of ["one", "two", "three"]) {
      rmSync(join(repository.root, "node_modules/eslint-plugin-x"), { recursive: true, force: true });
      repository.write("node_modules/eslint-plugin-x/version", version);
      repository.write("node_modules/eslint-plugin-x/package.json", '{ "version": "1.0.0" }\n');
      const report = await expectEqual(repository, version);
      expect(report.findings.find(({ rule }) => rule === "eslint/x")?.message).toBe(version);
    }
  });

  it("another environment of tools", async () => {
    const repository = await settled([], { "eslint.config.js": 'import "./x.js";\n' });
    repository.write(
      "node_modules/.bin/eslint",
      `#!/bin/sh\nif [ "$1" = --version ]; then echo v9.1.0; exit; fi\nprintf '[{"filePath":"%s/web/b.js","messages":[{"ruleId":"x","severity":2,"message":"%s","line":1,"column":1}]}]' "$PWD" "$NODE_ENV"\n`,
      0o755,
    );
    for (const value of ["one", "two", "one"]) {
      const report = await expectEqual(repository, value, [], { NODE_ENV: value });
      expect(report.findings.find(({ rule }) => rule === "eslint/x")?.message).toBe(value);
    }
    repository.write(".bin/eslint", "", 0o644);
    await expectEqual(repository, "another PATH", [], { PATH: `${join(repository.root, ".bin")}:/usr/bin:/bin` });
  });

  it("a clock over midnight", async () => {
    const { check } = await import("../../src/app/check.ts");
    const { createExec } = await import("../../src/system/exec.ts");
    const repository = create({ "app.py": "import os  # codeflow-ignore ruff/F401 -- soon until=2030-05-05\n" });
    const at = async (now: string): Promise<string[]> => {
      const { run } = await check(
        {
          paths: ["app.py"],
          scope: { kind: "all" },
          profile: undefined,
          only: ["ruff"],
          skip: [],
          noExec: true,
          noCache: false,
          imports: [],
          reports: [],
          baseline: undefined,
          gate: [],
        },
        {
          cwd: repository.root,
          env: repository.env,
          exec: createExec(repository.env),
          clock: { now: () => new Date(now), monotonic: () => performance.now() },
          log: { warn: () => {}, info: () => {}, debug: () => {} },
          cores: 1,
          signal: new AbortController().signal,
        },
        "0.0.0",
      );
      return run.findings
        .filter(({ suppressed }) => suppressed === undefined)
        .map(({ rule }) => rule)
        .sort();
    };
    const before = await at("2030-05-05T23:59:59.900Z");
    expect(before).toEqual([]);
    const after = await at("2030-05-06T00:00:00.100Z");
    expect(after).toContain("ruff/F401");
    expect(await at("2030-05-05T12:00:00Z")).toEqual(before);
    expect(await at("2030-05-06T12:00:00Z")).toEqual(after);
  });
});

describe.skipIf(process.platform === "win32")("a damaged cache", { concurrent: true }, () => {
  const database = (repository: Repository): string => join(repository.data, "cache/results-1.db");

  function memos(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
      .map((entry) => join(entry.parentPath, entry.name));
  }

  function warnings(stderr: string): string[] {
    return stderr.split("\n").filter((line) => line !== "");
  }

  async function survives(repository: Repository, what: string, expected: Report, maxWarnings = 1): Promise<void> {
    rmSync(join(repository.data, "runs"), { recursive: true, force: true });
    const first = await repository.check();
    expect(linesOf(first.report), what).toEqual(linesOf(expected));
    expect(warnings(first.stderr).length, `${what}: ${first.stderr}`).toBeLessThanOrEqual(maxWarnings);
    rmSync(join(repository.data, "runs"), { recursive: true, force: true });
    const second = await repository.check();
    expect(linesOf(second.report), `${what}, second run`).toEqual(linesOf(expected));
    expect(warnings(second.stderr).length, `${what}, second run: ${second.stderr}`).toBeLessThanOrEqual(maxWarnings);
  }

  it("of garbage, cut off, emptied, half written, of another program, a folder", async () => {
    const repository = create();
    const expected = await afresh(repository, []);
    const path = database(repository);
    const damage: [string, () => void][] = [
      ["garbage", () => writeFileSync(path, Buffer.alloc(100_000, 0x5a))],
      ["empty", () => writeFileSync(path, "")],
      ["cut off", () => truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096 + 100)],
      [
        "zeros in the middle",
        () => {
          const bytes = readFileSync(path);
          bytes.fill(0, 8192, Math.min(bytes.length, 60_000));
          writeFileSync(path, bytes);
        },
      ],
      [
        "flipped bits",
        () => {
          const bytes = readFileSync(path);
          for (let at = 4096; at < bytes.length; at += 997) bytes[at] = (bytes[at] ?? 0) ^ 0x10;
          writeFileSync(path, bytes);
        },
      ],
      ["a broken log", () => writeFileSync(`${path}-wal`, Buffer.alloc(50_000, 7))],
      ["text", () => writeFileSync(path, "this is no database\n")],
      [
        "another program's",
        () => {
          rmSync(path, { force: true });
          const other = new Sqlite(path);
          other.exec("create table mine (a)");
          other.close();
        },
      ],
      [
        "a folder",
        () => {
          rmSync(path, { force: true });
          mkdirSync(path);
        },
      ],
    ];
    for (const [what, harm] of damage) {
      await repository.check();
      harm();
      await survives(repository, what, expected);
      for (const folder of ["cache", "runs"]) rmSync(join(repository.data, folder), { recursive: true, force: true });
    }
  });

  it("with values that are no results", async () => {
    const repository = create();
    const expected = await afresh(repository, []);
    await repository.check();
    const db = new Sqlite(database(repository));
    db.exec('update results set value = cast(\'{"a":{},"c":{}}\' as blob)');
    db.close();
    await survives(repository, "foreign values", expected);
  });

  it("locked by another process", async () => {
    const repository = create();
    const expected = await afresh(repository, []);
    await repository.check();
    const holder = spawn(process.execPath, [
      "-e",
      `const S=require(${JSON.stringify(createRequire(import.meta.url).resolve("better-sqlite3"))});const d=new S(process.argv[1]);d.pragma("locking_mode=exclusive");d.exec("begin exclusive");console.log("held");setTimeout(()=>{},60000)`,
      database(repository),
    ]);
    await new Promise((resolve) => holder.stdout.once("data", resolve));
    try {
      await survives(repository, "locked", expected);
    } finally {
      holder.kill("SIGKILL");
      await new Promise((resolve) => holder.once("exit", resolve));
    }
    await survives(repository, "after the lock", expected);
  });

  it("memos of garbage, of another shape, cut off, empty, or folders are made again", async () => {
    const repository = create({ "codeflow.yml": "rules:\n  ruff/F401: error\n" });
    const expected = await afresh(repository, []);
    for (const [what, content] of [
      ["garbage", "\u0000\u0001garbage"],
      ["null", "null"],
      ["a list", "[]"],
      ["an object", "{}"],
      ["a string", '"x"'],
      ["empty", ""],
    ] as const) {
      await repository.check();
      const all = memos(repository.data);
      expect(all.map((path) => path.slice(repository.data.length).replace(/[^/]+$/, "")).sort()).toEqual(
        expect.arrayContaining(["/", "/config/", "/runs/"]),
      );
      for (const path of all) writeFileSync(path, content);
      const { report, stderr } = await repository.check();
      expect(linesOf(report), what).toEqual(linesOf(expected));
      expect(stderr).toBe("");
    }
    await repository.check();
    for (const path of memos(repository.data)) truncateSync(path, Math.floor(statSync(path).size * 0.7));
    expect(linesOf((await repository.check()).report)).toEqual(linesOf(expected));
    for (const path of memos(repository.data)) {
      rmSync(path);
      mkdirSync(path);
    }
    const { report } = await repository.check();
    expect(linesOf(report)).toEqual(linesOf(expected));
    rmSync(join(repository.data, "runs"), { recursive: true });
    writeFileSync(join(repository.data, "runs"), "a file where a folder should be");
    expect(linesOf((await repository.check()).report)).toEqual(linesOf(expected));
  });

  it("in a folder that cannot be written to", async () => {
    const repository = create();
    const expected = await afresh(repository, []);
    await repository.check();
    const chattr = (flag: string): boolean => {
      try {
        // Permissions do not stop root; a file system flag does.
        for (const folder of ["", "cache", "runs", "config"]) {
          if (existsSync(join(repository.data, folder)))
            execFileSync("chattr", [flag, join(repository.data, folder)], { stdio: "ignore" });
        }
        return true;
      } catch (error) {
        return !(error instanceof Error);
      }
    };
    const isLocked = chattr("+i");
    if (!isLocked) {
      chattr("-i");
      for (const folder of ["cache", "runs", ""]) chmodSync(join(repository.data, folder), 0o555);
    }
    try {
      repository.write("app.py", "import re\n");
      const { report, stderr } = await repository.check();
      expect(linesOf(report)).toEqual(linesOf(await afresh(repository, [])));
      expect(linesOf(report)).not.toEqual(linesOf(expected));
      expect(warnings(stderr).length, stderr).toBeLessThanOrEqual(2);
    } finally {
      if (isLocked) chattr("-i");
      else for (const folder of ["", "cache", "runs"]) chmodSync(join(repository.data, folder), 0o755);
    }
  });

  it("five cold runs at once agree and leave a sound cache", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 120 }, (_, i) => [`many/f${i}.py`, `import os\nx${i} = ${i}\n`]),
    );
    const repository = create(many);
    await repository.settle();
    const expected = linesOf(await afresh(repository, []));
    const runs = await Promise.all(Array.from({ length: 5 }, () => repository.check()));
    for (const { report, stderr } of runs) {
      expect(linesOf(report)).toEqual(expected);
      expect(stderr).toBe("");
    }
    const db = new Sqlite(database(repository), { readonly: true });
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    db.close();
    rmSync(join(repository.data, "runs"), { recursive: true });
    const { report } = await repository.check();
    expect(linesOf(report)).toEqual(expected);
    expect(report.analyzers.find(({ id }) => id === "ruff")).toMatchObject({ status: "cached" });
    expect(readdirSync(join(repository.data, "cache")).filter((name) => name.includes("broken"))).toEqual([]);
    expect(lstatSync(repository.data).isDirectory()).toBe(true);
  });
});

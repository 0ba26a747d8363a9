/** A repository that attacks whoever checks it: nothing of it is executed, nothing outside of it is read or written, no terminal is commanded. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportFormats } from "../../src/reports/index.ts";
import { Repository } from "./repository.ts";

/** Found in no report: what stands in files outside of the repository. */
const outside = "glpat-Xk3ZvQ9sTwLm2RbN8yHd";

const escape = "\u001b]0;owned\u0007";
const evilNames = [
  "--help.py",
  "-rf",
  "-c.js",
  "--config=evil.json.js",
  "--fix.md",
  "@args.py",
  "$(touch canary-shell).py",
  "`touch canary-shell`.js",
  "; touch canary-shell ;.py",
  "a | touch canary-shell.sh",
  "new\nline.py",
  "new\nline.js",
  "::error::owned.py",
  "car\rriage.py",
  "tab\tname.js",
  'quo"te.py',
  "quo'te.js",
  "back\\slash.py",
  `${escape}.py`,
  `${escape}.js`,
  `dir${escape}/file.md`,
  "\u001b[2J.yml",
  "\u202egnp.py",
  "\u2066iso\u2069.js",
  "\u009b31m.py",
  "\u007f.py",
  "space at end .py",
  " leading.js",
  "<img src=x onerror=alert(1)>.py",
  "]]>.py",
  "%0A::error::x.py",
  "a:1:2.py",
  "%s%n.py",
  "CON.py",
  "*.py",
  "[a-z].py",
  "{a,b}.js",
  "!negated.js",
  "#hash.py",
  ":(top)magic.py",
  "Dockerfile.$(id)",
];

const python = "import os\nimport sys\nif x is 1:\n    print('\u202e')\n";
const javascript = "const a = 1;\nif (a = 2) { debugger; }\neval(location.hash);\n";

function contentFor(name: string): string {
  if (name.endsWith(".py")) return python;
  if (name.endsWith(".js")) return javascript;
  if (name.endsWith(".md")) return `# T${escape}\n\n[x](missing.md)\n`;
  if (name.endsWith(".yml")) return `a: 1\na: 2 # ${escape}\n`;
  return `${escape}\n<<<<<<< ours\n`;
}

let repository: Repository;
let canary: string;

beforeAll(() => {
  repository = new Repository();
  canary = join(repository.base, "canary");
  mkdirSync(join(repository.base, "outside/folder"), { recursive: true });
  writeFileSync(join(repository.base, "outside/secret.py"), `TOKEN = "${outside}"\nimport os\n`);
  writeFileSync(join(repository.base, "outside/folder/secret.py"), `TOKEN = "${outside}"\nimport os\n`);
  writeFileSync(join(repository.base, "outside/ruff.toml"), `[lint]\nselect = ["ALL"]\n# ${outside}\n`);
  for (const name of evilNames) repository.write(name, contentFor(name));
  const { root } = repository;
  symlinkSync("/etc", join(root, "etc"));
  symlinkSync("/etc/passwd", join(root, "passwd.py"));
  symlinkSync("../outside/secret.py", join(root, "secret.py"));
  symlinkSync("../outside/folder", join(root, "folder"));
  symlinkSync("../outside", join(root, "src"));
  symlinkSync("loop", join(root, "loop"));
  symlinkSync(".", join(root, "self"));
  symlinkSync("../outside/ruff.toml", join(root, ".ruff.toml"));
  symlinkSync("/dev/zero", join(root, "zero.js"));
  symlinkSync("../outside/secret.py", join(root, "CODEOWNERS"));
  const touch = `require("fs").writeFileSync(${JSON.stringify(`${canary}-`)} + __filename.replace(/\\W/g, "_"), "")`;
  const touchModule = `import fs from "node:fs"; fs.writeFileSync(${JSON.stringify(`${canary}-module`)}, ""); export default {};`;
  repository.writeAll({
    "sub/.oxlintrc.json": JSON.stringify({
      jsPlugins: ["./plugin.js", "../../outside/plugin.js"],
      extends: ["/etc/passwd"],
    }),
    ".oxlintrc.json": JSON.stringify({
      jsPlugins: ["./sub/plugin.js"],
      extends: ["./oxlint.config.ts", "../outside/x.json"],
    }),
    "sub/plugin.js": touch,
    "sub/code.js": javascript,
    "oxlint.config.ts": touchModule,
    "sub/oxlint.config.ts": touchModule,
    "pyproject.toml": '[tool.ruff]\nextend = "../outside/ruff.toml"\n[tool.black]\n',
    "sub/ruff.toml": 'extend = "/etc/passwd"\n',
    ".markdownlint.cjs": touch,
    ".markdownlint.mjs": touchModule,
    ".markdownlint-cli2.cjs": touch,
    ".markdownlint.json": '{ "extends": "../outside/secret.py" }',
    ".markdownlint-cli2.jsonc": '{ "customRules": ["./sub/plugin.js"], "markdownItPlugins": [["./sub/plugin.js"]] }',
    "eslint.config.mjs": touchModule,
    ".eslintrc.js": touch,
    "prettier.config.js": touch,
    ".prettierrc.cjs": touch,
    "stylelint.config.js": touch,
    "knip.config.ts": touchModule,
    "commitlint.config.js": touch,
    "vite.config.ts": touchModule,
    "setup.py": `open(${JSON.stringify(`${canary}-setup`)}, "w")\n`,
    "conftest.py": `open(${JSON.stringify(`${canary}-conftest`)}, "w")\n`,
    "sgconfig.yml":
      "ruleDirs: [../outside]\ncustomLanguages:\n  evil: { libraryPath: ./evil.so, extensions: [evil] }\n",
    ".codeflow/rules/evil.yml": `id: evil\nlanguage: python\nmessage: "$(touch ${canary}) \\e]0;owned\\a"\nrule: { pattern: import $A }\nfix: import $(touch ${canary})\n`,
    "package.json": JSON.stringify({
      name: "evil",
      scripts: Object.fromEntries(
        ["preinstall", "install", "postinstall", "prepare", "lint", "test"].map((name) => [
          name,
          `touch ${canary}-${name}`,
        ]),
      ),
      bin: { eslint: "./sub/plugin.js" },
    }),
    ".pre-commit-config.yaml": `repos:\n- repo: local\n  hooks:\n  - { id: x, name: x, language: system, entry: touch ${canary}-hook }\n`,
    ".gitattributes": "*.py filter=evil diff=evil merge=evil\n",
    ".npmrc": "script-shell=/bin/false\nnode-options=--require ./sub/plugin.js\n",
    ".envrc": `touch ${canary}-envrc\n`,
    ".node-version": "0.0.1\n",
    Makefile: `all:\n\ttouch ${canary}-make\n`,
    ".github/workflows/evil.yml": `on: push\njobs:\n  x:\n    runs-on: x\n    steps:\n      - run: echo "${escape}\${{ github.event.issue.title }}"\n`,
  });
  // A name that is no UTF-8: Node writes it as bytes only.
  execFileSync("git", ["update-index", "--add", "--index-info"], {
    cwd: root,
    env: repository.env,
    input: Buffer.concat([
      Buffer.from(`100644 ${repository.git("hash-object", "-w", "--", "setup.py").trim()}\tbad`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(".py\n"),
    ]),
  });
  writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff, 0xfe]), Buffer.from(".py")]), python);
  writeFileSync(Buffer.concat([Buffer.from(`${root}/untracked`), Buffer.from([0xff]), Buffer.from(".js")]), javascript);
  repository.git("add", "-f", "--", ".");
  repository.git("commit", "-q", "-m", `subject ${escape}\n\nbody \u202e`);
});

afterAll(() => repository.remove());

const canaries = (): string[] => readdirSync(repository.base).filter((name) => name.startsWith("canary"));

/** Control characters and those that reorder text, apart from line ends and tabs. */
function commands(text: string): string[] {
  return [...text.matchAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g)].map(
    ({ 0: found, index }) => JSON.stringify([found, text.slice(Math.max(0, index - 30), index + 30)]),
  );
}

describe.skipIf(process.platform === "win32")("a hostile repository", () => {
  for (const format of reportFormats) {
    it(`${format}: no raw control characters, nothing from outside, nothing executed`, async () => {
      const before = readdirSync(repository.base).sort();
      const args = ["check", "--no-exec", "--format", format, "--limit", "0", "--profile", "comprehensive"];
      const { stdout, stderr, exit } = await repository.run(args);
      expect([1, 3], stderr).toContain(exit);
      expect(stdout.length).toBeGreaterThan(500);
      expect(commands(stdout)).toEqual([]);
      expect(commands(stderr)).toEqual([]);
      expect(stdout + stderr).not.toContain(outside);
      expect(stdout + stderr).not.toContain("root:x:0");
      expect(readdirSync(repository.base).sort()).toEqual(before);
      expect(existsSync(join(repository.root, "canary-shell"))).toBe(false);
    });
  }

  it("judges the files with strange names", async () => {
    const { report } = await repository.check(["--no-exec", "--no-cache"]);
    const found = new Set(report.findings.map(({ location }) => location.path));
    for (const name of evilNames) {
      if (!/\.(?:py|js|yml)$/.test(name)) continue;
      expect([...found], `nothing found in ${JSON.stringify(name)}`).toContain(name);
    }
    // Links are seen as links, never as what they lead to.
    for (const path of ["etc", "secret.py", "folder", "src", "passwd.py"]) {
      const rules = report.findings.filter(({ location }) => location.path === path).map(({ rule }) => rule);
      expect(rules, path).toEqual(["paths/escaping-symlink"]);
    }
    expect(report.findings.filter(({ location }) => /^(?:etc|src|folder|self)\//.test(location.path))).toEqual([]);
    expect(report.notices.join("\n")).toMatch(/not looked at, the name is not UTF-8: bad/);
    expect(report.analyzers.filter(({ status }) => status === "failed")).toEqual([]);
    expect(report.findings.map(({ rule }) => rule)).toContain("patterns/evil");
  });

  it("with the repository's own tools allowed runs none that is not installed", async () => {
    await repository.check(["--no-cache"]);
    expect(canaries()).toEqual([]);
  });

  it("staged and against a base", async () => {
    const { stdout, stderr, exit } = await repository.run([
      "check",
      "--no-exec",
      "--changed",
      "main",
      "--format",
      "agent",
    ]);
    expect([0, 1, 3], stderr).toContain(exit);
    expect(commands(stdout + stderr)).toEqual([]);
    repository.git("checkout", "-q", "--orphan", "fresh");
    const staged = await repository.run(["check", "--no-exec", "--staged", "--format", "agent"]);
    expect([1, 3], staged.stderr).toContain(staged.exit);
    expect(commands(staged.stdout + staged.stderr)).toEqual([]);
    expect(staged.stdout + staged.stderr).not.toContain(outside);
    expect(canaries()).toEqual([]);
    repository.git("symbolic-ref", "HEAD", "refs/heads/main");
  });

  it("fixes stay inside", async () => {
    const before = readFileSync(join(repository.base, "outside/secret.py"), "utf8");
    const { exit, stderr } = await repository.run(["check", "--no-exec", "--fix=unsafe", "--format", "agent"]);
    expect([0, 1, 3], stderr).toContain(exit);
    expect(commands(stderr)).toEqual([]);
    expect(readFileSync(join(repository.base, "outside/secret.py"), "utf8")).toBe(before);
    expect(readFileSync(join(repository.base, "outside/folder/secret.py"), "utf8")).toBe(before);
    expect(canaries()).toEqual([]);
  });

  it("a configuration that asks for commands is refused, with its lines", async () => {
    const evil = new Repository();
    const mark = join(evil.base, "canary");
    evil.commit({
      "a.py": "import os\n",
      "codeflow.yml": [
        "run: touch canary",
        `command: "touch ${mark}"`,
        "analyzers:",
        `  eslint: { command: "touch ${mark}", executable: ./evil.sh }`,
        "  evil: { enabled: true }",
        `baseline: ../../../../etc/passwd`,
        "reports:",
        "  - { format: json, path: /etc/codeflow-owned.json }",
        "history: { path: /etc/codeflow.db }",
        `profile: "$(touch ${mark})${escape.replace("\u001b", "\\e").replace("\u0007", "\\a")}"`,
        "",
      ].join("\n"),
    });
    const { exit, stdout, stderr } = await evil.run(["check"]);
    expect(exit).toBe(2);
    expect(commands(stdout + stderr)).toEqual([]);
    expect(stderr).toMatch(/codeflow\.yml/);
    expect(existsSync(mark)).toBe(false);
    expect(existsSync("/etc/codeflow-owned.json")).toBe(false);
    evil.remove();
  });

  it("a configuration's report cannot be written outside of the repository", async () => {
    const evil = new Repository();
    evil.commit({ "a.py": "import os\n", "codeflow.yml": "reports:\n  - { format: json, path: ../owned.json }\n" });
    symlinkSync("..", join(evil.root, "up"));
    const refused = await evil.run(["check"]);
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toMatch(/inside the repository/);
    expect(existsSync(join(evil.base, "owned.json"))).toBe(false);
    evil.write("codeflow.yml", "reports:\n  - { format: json, path: up/owned.json }\n");
    await evil.run(["check"]);
    expect(existsSync(join(evil.base, "owned.json"))).toBe(false);
    evil.write("codeflow.yml", "reports:\n  - { format: json, path: .git/config }\n");
    const before = readFileSync(join(evil.root, ".git/config"), "utf8");
    await evil.run(["check"]);
    expect(readFileSync(join(evil.root, ".git/config"), "utf8")).toBe(before);
    // One inside is written, also from a subdirectory, and also when the run itself was remembered.
    rmSync(join(evil.root, "up"));
    evil.write("codeflow.yml", "reports:\n  - { format: json, path: out/report.json }\n");
    for (const cwd of [evil.root, join(evil.root, "out")]) {
      expect((await evil.run(["check"], { cwd })).exit).toBe(0);
      expect(existsSync(join(evil.root, "out/report.json"))).toBe(true);
    }
    evil.remove();
  });
});

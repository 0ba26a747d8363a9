/** What looks like a platform and is none. */
import { describe, expect, it } from "vitest";
import { commit } from "./fixtures.ts";
import { idsOf, platforms, report } from "./detect-fixture.ts";

const manifest = (value: unknown): string => JSON.stringify(value, undefined, 2);
const needs = (...names: readonly string[]): string =>
  manifest({ name: "app", dependencies: Object.fromEntries(names.map((name) => [name, "1.0.0"])) });

describe("is told apart", () => {
  it("@bolt/core, which is another product", async () => {
    expect(await idsOf({ "package.json": needs("@bolt/core") })).toEqual([]);
  });

  it("mocha.json, the test runner's", async () => {
    expect(await idsOf({ "mocha.json": "{}", ".mocharc.json": "{}", "package.json": needs("mocha") })).toEqual([]);
  });

  it("host.json alone", async () => {
    expect(await idsOf({ "host.json": '{ "version": "2.0" }' })).toEqual([]);
    expect(await idsOf({ "host.json": "{}", "local.settings.json": "{}" })).toEqual(["azure-functions"]);
  });

  it("config.toml of Hugo, Zola and Cargo", async () => {
    expect(await idsOf({ "config.toml": 'baseURL = "https://example.org/"\n' })).toEqual(["hugo"]);
    expect(await idsOf({ "config.toml": 'base_url = "https://example.org"\n' })).toEqual(["zola"]);
    expect(
      await idsOf({ ".cargo/config.toml": '[build]\ntarget = "x"\n', "config.toml": "[server]\nport = 1\n" }),
    ).toEqual([]);
  });

  it("_config.yml of Jekyll and Hexo", async () => {
    expect(await idsOf({ "_config.yml": "title: Site\n" })).toEqual([]);
    expect(await idsOf({ "_config.yml": "title: Site\n", "package.json": needs("hexo") })).toEqual(["hexo"]);
    const site = await idsOf({ "_config.yml": "title: Site\n", Gemfile: 'gem "jekyll"\n' });
    expect(site).toContain("jekyll");
    expect(site).not.toContain("hexo");
  });

  it("app.json of Expo, Heroku and anybody", async () => {
    expect(await idsOf({ "app.json": manifest({ expo: {} }) })).toEqual(["expo"]);
    expect(await idsOf({ "app.json": manifest({ name: "x", formation: {} }) })).toEqual(["heroku"]);
    expect(await idsOf({ "app.json": manifest({ name: "x", extra: { expo: {} } }) })).toEqual([]);
  });

  it("app.yaml of App Engine and of anybody", async () => {
    expect(await idsOf({ "app.yaml": "runtime: nodejs22\n" })).toEqual(["google-app-engine"]);
    expect(await idsOf({ "app.yaml": "server:\n  runtime: fast\n# runtime: no\n" })).toEqual([]);
  });

  it("template.yaml without a Transform", async () => {
    expect(await idsOf({ "template.yaml": "title: Letter\n" })).toEqual([]);
    expect(await idsOf({ "template.yaml": "# Transform: AWS::Serverless-2016-10-31\n" })).toEqual([]);
  });

  it("flask-socketio, and other names that only begin alike", async () => {
    expect(
      await idsOf({ "pyproject.toml": '[project]\ndependencies = ["flask-socketio", "djangorestframework"]\n' }),
    ).toEqual([]);
    expect(
      await idsOf({ "package.json": needs("next-themes", "express-session", "vue-router", "@types/express") }),
    ).toEqual([]);
  });

  it("vercel.json and railway.json that do not stand where a service begins", async () => {
    expect(await idsOf({ "configs/vercel.json": "{}", "configs/railway.json": "{}" })).toEqual([]);
    const [service] = await platforms({ files: { "apps/web/vercel.json": "{}", "apps/web/package.json": "{}" } });
    expect(service).toMatchObject({ id: "vercel", scope: "apps/web" });
  });

  it("prose that mentions a builder", async () => {
    const prose = [
      "# Comparison",
      "Built with Lovable (https://lovable.dev/projects/x), Bolt.new, v0 and Replit.",
      "> Run and deploy your AI Studio app",
      "See: This repository will stay in sync with your deployed chats on [v0.app](https://v0.app).",
      "We say that this is a code bundle for Figma.",
      "",
    ].join("\n");
    expect(await idsOf({ "README.md": prose, "NOTES.md": prose, "package.json": "{}" })).toEqual([]);
  });

  it("kits for models and services, which say nothing about who builds", async () => {
    const kits = ["openai", "@anthropic-ai/sdk", "@google/generative-ai", "@google/genai", "@vercel/analytics", "ai"];
    expect(await idsOf({ "package.json": needs(...kits) })).toEqual([]);
    expect(await idsOf({ "requirements.txt": "openai\nanthropic\ngoogle-generativeai\n" })).toEqual(["pip"]);
  });

  it("AGENTS.md alone, which names no vendor", async () => {
    const [only, ...more] = await platforms({ files: { "AGENTS.md": "# Rules\n" } });
    expect(more).toEqual([]);
    expect(only).toMatchObject({ id: "agents-md", confidence: 0.35 });
  });

  it("a Procfile, a CNAME, a name from a template: one weak signal is none", async () => {
    expect(await idsOf({ Procfile: "web: npm start\n", CNAME: "example.org\n" })).toEqual([]);
    expect(await idsOf({ "package.json": manifest({ name: "vite_react_shadcn_ts" }) })).toEqual([]);
    const both = { name: "vite_react_shadcn_ts", devDependencies: { "lovable-tagger": "1" } };
    expect((await platforms({ files: { "package.json": manifest(both) } }))[0]).toMatchObject({
      id: "lovable",
      confidence: 0.84,
    });
  });

  it("pnpm-workspace.yaml with settings of a single package", async () => {
    expect(await idsOf({ "pnpm-workspace.yaml": "onlyBuiltDependencies:\n  - esbuild\n" })).toEqual([]);
  });

  it("what a library tests itself with", async () => {
    const library = { name: "lib", devDependencies: { express: "5", react: "19" }, peerDependencies: { next: "16" } };
    expect(await idsOf({ "package.json": manifest(library) })).toEqual([]);
  });

  it("an action that is commented out, or only spoken of", async () => {
    const workflow =
      "jobs:\n  a:\n    steps:\n      # - uses: actions/deploy-pages@v4\n      - run: echo uses actions/deploy-pages@v4\n";
    expect(await idsOf({ ".github/workflows/a.yml": workflow })).toEqual(["github-actions"]);
  });
});

describe("is found where projects keep it", () => {
  const scopes = async (files: Readonly<Record<string, string>>) =>
    (await platforms({ files })).map(({ id, scope }) => `${id} ${scope}`);

  it("CocoaPods beside an application of Flutter or React Native", async () => {
    const app = { "app/pubspec.yaml": "name: app\ndependencies:\n  flutter:\n    sdk: flutter\n" };
    expect(await scopes({ ...app, "app/ios/Podfile": "pod 'x'\n", "app/ios/Podfile.lock": "" })).toContain(
      "cocoapods app",
    );
    expect(await scopes({ ...app, "app/example/ios/Podfile.lock": "" })).not.toContain("cocoapods app");
  });

  it("Firebase in a folder of its own", async () => {
    const files = { "package.json": "{}", "firebase-project/firebase.json": "{}" };
    expect(await scopes(files)).toEqual([]);
    expect(await scopes({ ...files, "firebase-project/.firebaserc": "{}" })).toEqual(["firebase "]);
  });

  it("Heroku's app.json that only asks for add-ons", async () => {
    expect(await idsOf({ "app.json": manifest({ name: "x", addons: ["heroku-postgresql"] }) })).toEqual(["heroku"]);
  });

  it("Android whose plugins a version catalog names", async () => {
    const files = {
      "settings.gradle.kts": 'include(":app")\n',
      "app/build.gradle.kts": "plugins {\n  alias(libs.plugins.android.application)\n}\n",
      "app/src/main/AndroidManifest.xml": "<manifest/>\n",
    };
    expect(await scopes(files)).toContain("android app");
  });

  it("nothing in folders of tests, however they are named", async () => {
    const files = {
      "package.json": "{}",
      "packages/shop-tests/package.json": needs("express"),
      "Shop.UnitTests/App.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web">\n</Project>\n',
    };
    expect(await scopes(files)).toEqual([]);
    expect(await scopes({ "apps/speed-test/package.json": needs("express") })).toEqual(["express apps/speed-test"]);
  });
});

describe("reads manifests as they are found", () => {
  it("with a byte order mark and CRLF", async () => {
    const files = {
      "package.json": `\uFEFF${needs("next").replaceAll("\n", "\r\n")}`,
      "api/requirements.txt": "\uFEFF# api\r\nFastAPI==1.0\r\n",
      "api/pyproject.toml": '\uFEFF[tool.poetry]\r\nname = "api"\r\n',
      "app.yaml": "\uFEFFruntime: go125\r\n",
    };
    const found = await platforms({ files });
    expect(found.map(({ id, scope }) => [id, scope])).toEqual(
      expect.arrayContaining([
        ["next", ""],
        ["fastapi", "api"],
        ["poetry", "api"],
        ["google-app-engine", ""],
      ]),
    );
    expect(found.find(({ id }) => id === "fastapi")?.evidence).toEqual([
      {
        path: "api/requirements.txt",
        line: 2,
        signal: "fastapi in requirements.txt",
        family: "dependency",
        strength: "strong",
      },
    ]);
  });

  it("without a name", async () => {
    const { detections, packages } = await report({ files: { "package.json": '{"dependencies":{"next":"16"}}' } });
    expect(detections.map(({ id }) => id)).toContain("next");
    expect(packages).toEqual([{ path: "", manifests: ["package.json"] }]);
  });

  it("and goes on where one is broken, saying so", async () => {
    const files = {
      "package.json": '{ "dependencies": { "next": ',
      "a/package.json": "[]",
      "a/pyproject.toml": "[project\n",
      "a/pom.xml": "PK\u0003",
      "b/package.json": needs("astro"),
    };
    const { detections, notices } = await report({ files });
    expect(detections.map(({ id }) => id)).toContain("astro");
    expect(detections.map(({ id }) => id)).not.toContain("next");
    expect(notices).toHaveLength(4);
    expect(notices[0]).toMatch(/^package\.json was not understood: /);
  });
});

describe("what is past", () => {
  const removal = commit({ removed: [".lovable/plan.md"], subject: "Leave Lovable" });
  const bot = commit({
    people: "lovable-dev[bot] <159125892+lovable-dev[bot]@users.noreply.github.com>\nGitHub <noreply@github.com>",
  });

  it("is historical where only commits tell of it, and never sure", async () => {
    const [found, ...more] = await platforms({ files: { "index.html": "<p></p>" }, commits: [removal, bot] });
    expect(more).toEqual([]);
    expect(found).toMatchObject({ id: "lovable", status: "historical", confidence: 0.6 });
    expect(found?.evidence.map(({ signal }) => signal)).toEqual([
      ".lovable/plan.md was removed",
      "commits by Lovable's bot (1 of the last 2)",
    ]);
  });

  it("is residual where its marker was removed and traces are left", async () => {
    const left = { "package.json": manifest({ devDependencies: { "lovable-tagger": "1" } }) };
    expect((await platforms({ files: left, commits: [removal] }))[0]).toMatchObject({
      id: "lovable",
      status: "residual",
    });
    const weak = { "package.json": manifest({ name: "vite_react_shadcn_ts" }) };
    expect((await platforms({ files: weak, commits: [bot] }))[0]).toMatchObject({ id: "lovable", status: "residual" });
  });

  it("is active where one of its markers is left", async () => {
    const commits = [commit({ removed: [".claude/commands/a.md"] })];
    expect((await platforms({ files: { "CLAUDE.md": "x" }, commits }))[0]).toMatchObject({ status: "active" });
    expect((await platforms({ files: { "a.md": "x" }, commits }))[0]).toMatchObject({ status: "historical" });
  });

  it("is active where the marker is back", async () => {
    const back = { ".lovable/plan.md": "# Plan" };
    expect((await platforms({ files: back, commits: [removal, bot] }))[0]).toMatchObject({
      id: "lovable",
      status: "active",
    });
  });

  it("is not who is only spoken of in a message", async () => {
    const talk = commit({
      subject: "Remove Co-authored-by: Claude <noreply@anthropic.com>",
      people: "Claude Shannon <c@example.org>",
    });
    expect(await platforms({ files: { "a.txt": "" }, commits: [talk] })).toEqual([]);
  });
});

it("never sums signals of one family", async () => {
  const two = { "package.json": needs("react-dom", "react") };
  expect((await platforms({ files: two }))[0]).toMatchObject({ id: "react", confidence: 0.75 });
  const apart = { "package.json": needs("next"), "next.config.js": "" };
  expect((await platforms({ files: apart }))[0]).toMatchObject({ id: "next", confidence: 0.94 });
});

it("answers for each package by itself, and for the repository where the whole is meant", async () => {
  const files = {
    "package.json": manifest({ name: "all", workspaces: ["apps/*"] }),
    "apps/web/package.json": needs("next"),
    "apps/site/package.json": needs("astro"),
    "apps/web/package-lock.json": "{}",
    "frontend/package.json": manifest({ devDependencies: { "@emergentbase/visual-edits": "1" } }),
    "backend/requirements.txt": "emergentintegrations==1\n",
  };
  const found = (await platforms({ files })).map(({ id, scope }) => `${id} ${scope}`.trim());
  expect(found).toEqual([
    "emergent",
    "astro apps/site",
    "next apps/web",
    "npm apps/web",
    "pip backend",
    "npm-workspaces",
  ]);
});

it("is done with what was made to keep it busy", async () => {
  const many = (piece: string): string => piece.repeat(Math.floor(200_000 / piece.length));
  const files = {
    "pom.xml": `<project>${many("<plugin><groupId>")}`,
    "a/pom.xml": `<project>${many("<!-- ")}`,
    "build.gradle": many("/* "),
    "mix.exs": many("def deps "),
    "A.csproj": many("<Project "),
    "B.csproj": many("<PackageReference "),
    "index.html": many("<script "),
    Gemfile: many('gem "a", group: '),
    "package.json": many("["),
    "pyproject.toml": many("["),
    ".github/workflows/a.yml": many("\n"),
    "README.md": many("This is a code bundle for "),
    "app.yaml": many(" \n"),
    "setup.cfg": many("[options]\n"),
    "requirements.txt": many("a-"),
    "pubspec.yaml": many("dependencies:\n  a:\n"),
    "go.mod": many("require (\n"),
    ".gitattributes": many("* linguist-vendored\n").slice(0, 2_000),
  };
  const start = performance.now();
  await report({ files });
  expect(performance.now() - start).toBeLessThan(3_000);
});

it("leaves out what is too large to be a manifest, and says so", async () => {
  const { detections, notices } = await report({ files: { "package.json": needs("next") + " ".repeat(1_000_001) } });
  expect(detections).toEqual([]);
  expect(notices).toEqual(["1 of 1 manifests and settings were too many or too large to read"]);
});

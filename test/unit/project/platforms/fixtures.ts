/** The smallest repository for each row of the signature tables: what a new row needs here, and nothing else. */
import type { CommitTrace } from "../../../../src/project/platforms/history.ts";

export interface Fixture {
  /** Path to content. */
  readonly files: Readonly<Record<string, string>>;
  readonly commits?: readonly CommitTrace[];
}

/** Files that are there, whatever is in them. */
const there = (...paths: readonly string[]): Fixture => ({
  files: Object.fromEntries(paths.map((path) => [path, ""])),
});
const text = (path: string, content: string): Fixture => ({ files: { [path]: content } });
const json = (path: string, value: unknown): Fixture => text(path, `${JSON.stringify(value, undefined, 2)}\n`);
const npm = (...names: readonly string[]): Fixture =>
  json("package.json", { dependencies: Object.fromEntries(names.map((name) => [name, "^1.0.0"])) });
const npmDev = (...names: readonly string[]): Fixture =>
  json("package.json", { devDependencies: Object.fromEntries(names.map((name) => [name, "^1.0.0"])) });
const python = (name: string): Fixture =>
  text("pyproject.toml", `[project]\nname = "app"\ndependencies = ["${name}>=1"]\n`);
const gem = (name: string): Fixture => text("Gemfile", `source "https://rubygems.org"\ngem "${name}", "~> 1.0"\n`);
const go = (name: string): Fixture =>
  text("go.mod", `module example.org/app\n\ngo 1.24\n\nrequire (\n\t${name} v1.0.0\n)\n`);
const cargo = (name: string): Fixture =>
  text("Cargo.toml", `[package]\nname = "app"\n\n[dependencies]\n${name} = "1"\n`);
const composer = (name: string): Fixture => json("composer.json", { require: { [name]: "^1.0" } });
const maven = (group: string, artifact: string): Fixture =>
  text(
    "pom.xml",
    `<project>\n  <dependencies>\n    <dependency>\n      <groupId>${group}</groupId>\n      <artifactId>${artifact}</artifactId>\n    </dependency>\n  </dependencies>\n</project>\n`,
  );
const action = (name: string): Fixture =>
  text(
    ".github/workflows/deploy.yml",
    `on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ${name}@v1\n`,
  );
export const commit = (part: Partial<CommitTrace>): CommitTrace => ({
  id: "1111111111111111111111111111111111111111",
  people: "Ada <ada@example.org>\nAda <ada@example.org>",
  subject: "Change",
  trailers: "",
  removed: [],
  ...part,
});
const by = (person: string): Fixture => ({ files: {}, commits: [commit({ people: `${person}\n${person}` })] });

/** Row id to repository. */
export const fixtures: Readonly<Record<string, Fixture>> = {
  // AI builders
  anything: there("src/__create/fetch.ts"),
  base44: there("base44/config.jsonc"),
  blink: npm("@blinkdotnew/sdk"),
  bolt: there(".bolt/config.json"),
  dyad: npmDev("@dyad-sh/react-vite-component-tagger"),
  emergent: there(".emergent/emergent.yml"),
  "figma-make": text(
    "README.md",
    "# Shop\n\n  This is a code bundle for Shop. The original project is available at https://www.figma.com/design/abc/Shop.\n",
  ),
  "firebase-studio": there(".idx/dev.nix"),
  flutterflow: there("lib/flutter_flow/flutter_flow_theme.dart"),
  "github-spark": npm("@github/spark"),
  "google-ai-studio": text("README.md", "<div></div>\n\n# Run and deploy your AI Studio app\n"),
  "hostinger-horizons": there("plugins/visual-editor/vite-plugin-react-inline-editor.js"),
  lovable: npmDev("lovable-tagger"),
  manus: npmDev("vite-plugin-manus-runtime"),
  "mocha-builder": npmDev("@getmocha/vite-plugins"),
  orchids: npm("orchids-visual-edits"),
  "replit-agent": there("replit.md"),
  "rocket-new": npm("@dhiwise/component-tagger"),
  rork: npm("@rork/polyfills"),
  "same-new": text(
    "src/app/layout.tsx",
    'export default () => (\n  <Script\n    src="//unpkg.com/same-runtime/dist/index.global.js"\n  />\n);\n',
  ),
  softgen: npmDev("@softgenai/element-tagger"),
  tempo: npm("tempo-devtools"),
  v0: text("app/layout.tsx", "export const metadata = {\n  title: 'App',\n  generator: 'v0.app',\n};\n"),
  youware: there("yw_manifest.json"),

  // Coding agents
  "agents-md": there("AGENTS.md"),
  aider: there(".aider.conf.yml"),
  "amazon-q": there(".amazonq/rules/style.md"),
  augment: there(".augment-guidelines"),
  "claude-code": there(".claude/settings.json"),
  cline: there(".clinerules"),
  codex: there(".codex/config.toml"),
  continue: there(".continue/config.yaml"),
  crush: there("CRUSH.md"),
  cursor: there(".cursor/rules/style.mdc"),
  devin: by("devin-ai-integration[bot] <158243242+devin-ai-integration[bot]@users.noreply.github.com>"),
  factory: there(".factory/droids/reviewer.md"),
  "gemini-cli": there("GEMINI.md"),
  "github-copilot": there(".github/copilot-instructions.md"),
  goose: there(".goosehints"),
  jules: by("google-labs-jules[bot] <161369871+google-labs-jules[bot]@users.noreply.github.com>"),
  junie: there(".junie/guidelines.md"),
  "kilo-code": there(".kilocode/rules/style.md"),
  kiro: there(".kiro/steering/product.md"),
  opencode: there("opencode.json"),
  openhands: there(".openhands/microagents/repo.md"),
  "qwen-code": there("QWEN.md"),
  "roo-code": there(".roo/rules/style.md"),
  trae: there(".trae/rules/project_rules.md"),
  warp: there("WARP.md"),
  windsurf: there(".windsurf/rules/style.md"),
  zed: there(".zed/settings.json"),

  // Cloud IDEs
  codesandbox: there(".codesandbox/tasks.json"),
  devbox: json("devbox.json", { packages: ["nodejs"] }),
  devcontainer: there(".devcontainer/devcontainer.json"),
  gitpod: there(".gitpod.yml"),
  glitch: there("glitch.json"),
  replit: there(".replit"),
  stackblitz: there(".stackblitzrc"),

  // CI
  appveyor: there("appveyor.yml"),
  "aws-codebuild": text("buildspec.yml", "version: 0.2\nphases:\n  build: {}\n"),
  "azure-pipelines": there("azure-pipelines.yml"),
  "bitbucket-pipelines": there("bitbucket-pipelines.yml"),
  bitrise: there("bitrise.yml"),
  buildkite: there(".buildkite/pipeline.yml"),
  circleci: there(".circleci/config.yml"),
  "cirrus-ci": there(".cirrus.yml"),
  codemagic: there("codemagic.yaml"),
  drone: there(".drone.yml"),
  "forgejo-actions": there(".forgejo/workflows/test.yml"),
  "github-actions": there(".github/workflows/test.yaml"),
  "gitlab-ci": there(".gitlab-ci.yml"),
  "google-cloud-build": there("cloudbuild.yaml"),
  jenkins: there("Jenkinsfile"),
  semaphore: there(".semaphore/semaphore.yml"),
  teamcity: there(".teamcity/settings.kts"),
  tekton: text(".tekton/push.yaml", "apiVersion: tekton.dev/v1\nkind: PipelineRun\n"),
  travis: there(".travis.yml"),
  vela: there(".vela.yml"),
  woodpecker: there(".woodpecker/test.yaml"),

  // Hosting
  "aws-amplify": there("amplify.yml"),
  "aws-app-runner": there("apprunner.yaml"),
  "aws-cdk": there("cdk.json"),
  "aws-cloudformation": text("template.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n"),
  "aws-copilot": there("copilot/api/manifest.yml"),
  "aws-sam": text("template.yaml", "Transform: AWS::Serverless-2016-10-31\nResources: {}\n"),
  "azure-app-service": action("azure/webapps-deploy"),
  "azure-container-apps": action("azure/container-apps-deploy-action"),
  "azure-developer-cli": text("azure.yaml", "name: app\nservices:\n  api: {}\n"),
  "azure-functions": there("host.json", "local.settings.json"),
  "azure-static-web-apps": there("staticwebapp.config.json"),
  cloudflare: there("wrangler.jsonc"),
  convex: there("convex.json"),
  "deno-deploy": action("denoland/deployctl"),
  "digitalocean-app-platform": there(".do/app.yaml"),
  "elastic-beanstalk": there(".ebextensions/nginx.config"),
  firebase: there("firebase.json"),
  fly: there("fly.toml"),
  "github-pages": action("actions/deploy-pages"),
  "google-app-engine": text("app.yaml", "runtime: python313\n"),
  "google-cloud-run": action("google-github-actions/deploy-cloudrun"),
  heroku: json("app.json", { buildpacks: [{ url: "heroku/nodejs" }] }),
  koyeb: there(".koyeb.yaml"),
  netlify: there("netlify.toml"),
  railway: there("railway.json"),
  render: text("render.yaml", "services:\n  - type: web\n"),
  scalingo: there("scalingo.json"),
  "serverless-framework": text("serverless.yml", "service: app\nprovider:\n  name: aws\n"),
  sst: there("sst.config.ts"),
  supabase: there("supabase/config.toml"),
  upsun: there(".upsun/config.yaml"),
  vercel: there("vercel.json"),

  // Containers
  docker: there("Dockerfile"),
  "docker-compose": there("compose.yaml"),
  helm: text("charts/app/Chart.yaml", "apiVersion: v2\nname: app\n"),
  kustomize: there("deploy/base/kustomization.yaml"),
  skaffold: text("skaffold.yaml", "apiVersion: skaffold/v4beta11\n"),

  // JavaScript frameworks
  analog: npmDev("@analogjs/platform"),
  angular: npm("@angular/core"),
  astro: npm("astro"),
  blitz: npm("blitz"),
  capacitor: npm("@capacitor/core"),
  "create-react-app": npm("react-scripts"),
  docusaurus: npm("@docusaurus/core"),
  electron: npmDev("electron"),
  eleventy: npmDev("@11ty/eleventy"),
  elysia: npm("elysia"),
  ember: npmDev("ember-source"),
  expo: json("app.json", { expo: { name: "app" } }),
  express: npm("express"),
  fastify: npm("fastify"),
  gatsby: npm("gatsby"),
  h3: npm("h3"),
  hexo: npm("hexo"),
  hono: npm("hono"),
  ionic: npm("@ionic/react"),
  koa: npm("koa"),
  mastra: npm("@mastra/core"),
  nestjs: npm("@nestjs/core"),
  next: npm("next"),
  nitro: npmDev("nitropack"),
  nuxt: npmDev("nuxt"),
  parcel: npmDev("parcel"),
  qwik: npmDev("@builder.io/qwik"),
  react: npm("react"),
  "react-native": npm("react-native"),
  "react-router": npmDev("@react-router/dev"),
  redwood: there("redwood.toml"),
  remix: npm("@remix-run/react"),
  sanity: npm("sanity"),
  solidstart: npm("@solidjs/start"),
  stencil: npmDev("@stencil/core"),
  storybook: there(".storybook/main.ts"),
  svelte: npmDev("svelte"),
  sveltekit: npmDev("@sveltejs/kit"),
  "tanstack-start": npm("@tanstack/react-start"),
  tauri: there("src-tauri/tauri.conf.json"),
  umi: npmDev("umi"),
  vike: npm("vike"),
  vite: npmDev("vite"),
  vitepress: npmDev("vitepress"),
  vue: npm("vue"),
  "vue-cli": npmDev("@vue/cli-service"),
  vuepress: npmDev("vuepress"),
  waku: npm("waku"),
  xmcp: npm("xmcp"),

  // Other frameworks
  actix: cargo("actix-web"),
  android: text("build.gradle", 'plugins {\n  id "com.android.application"\n}\n'),
  "aspnet-core": text("App.csproj", '<Project Sdk="Microsoft.NET.Sdk.Web">\n</Project>\n'),
  axum: cargo("axum"),
  django: python("Django"),
  echo: go("github.com/labstack/echo/v4"),
  fastapi: python("fastapi[standard]"),
  fasthtml: python("python-fasthtml"),
  fiber: go("github.com/gofiber/fiber/v2"),
  flask: text("requirements.txt", "# web\nFlask==3.0.0\n"),
  flutter: text("pubspec.yaml", "name: app\ndependencies:\n  flutter:\n    sdk: flutter\n"),
  gin: go("github.com/gin-gonic/gin"),
  hugo: text("config.toml", 'baseURL = "https://example.org/"\ntitle = "Site"\n'),
  jekyll: gem("jekyll"),
  laravel: composer("laravel/framework"),
  micronaut: text("build.gradle.kts", 'plugins {\n    id("io.micronaut.application") version "4.4.0"\n}\n'),
  phoenix: text(
    "mix.exs",
    'defmodule App.MixProject do\n  use Mix.Project\n\n  defp deps do\n    [\n      {:phoenix, "~> 1.7"}\n    ]\n  end\nend\n',
  ),
  quarkus: maven("io.quarkus", "quarkus-rest"),
  rails: gem("rails"),
  rocket: cargo("rocket"),
  sinatra: gem("sinatra"),
  "spring-boot": maven("org.springframework.boot", "spring-boot-starter-web"),
  starlette: python("starlette"),
  symfony: composer("symfony/framework-bundle"),
  zola: text("config.toml", 'base_url = "https://example.org"\n'),

  // Package managers
  bun: there("bun.lock"),
  bundler: there("Gemfile.lock"),
  cargo: there("Cargo.lock"),
  cocoapods: there("Podfile.lock"),
  composer: there("composer.lock"),
  conda: text("environment.yml", "name: app\ndependencies:\n  - numpy\n"),
  deno: there("deno.lock"),
  "go-modules": text("go.mod", "module example.org/app\n"),
  gradle: there("settings.gradle.kts"),
  maven: text("pom.xml", "<project>\n</project>\n"),
  mix: there("mix.lock"),
  nix: there("flake.lock"),
  npm: there("package-lock.json"),
  nuget: there("packages.lock.json"),
  pdm: there("pdm.lock"),
  pip: there("requirements.txt"),
  pipenv: there("Pipfile.lock"),
  pixi: there("pixi.lock"),
  pnpm: text("package.json", '{\n  "packageManager": "pnpm@10.0.0"\n}\n'),
  poetry: there("poetry.lock"),
  pub: there("pubspec.lock"),
  swiftpm: there("Package.resolved"),
  uv: there("uv.lock"),
  yarn: there("yarn.lock"),

  // Monorepos
  bazel: there("MODULE.bazel"),
  "bun-workspaces": { files: { "package.json": '{ "workspaces": ["packages/*"] }', "bun.lock": "" } },
  "cargo-workspace": text("Cargo.toml", '[workspace]\nmembers = ["crates/*"]\n'),
  "go-workspace": there("go.work"),
  "gradle-multi-project": text("settings.gradle.kts", 'rootProject.name = "app"\ninclude(":core")\n'),
  lerna: there("lerna.json"),
  "maven-multi-module": text(
    "pom.xml",
    "<project>\n  <modules>\n    <module>core</module>\n  </modules>\n</project>\n",
  ),
  melos: there("melos.yaml"),
  moon: there(".moon/workspace.yml"),
  "npm-workspaces": { files: { "package.json": '{ "workspaces": ["packages/*"] }', "package-lock.json": "{}" } },
  nx: there("nx.json"),
  "pnpm-workspaces": text("pnpm-workspace.yaml", "packages:\n  - packages/*\n"),
  rush: there("rush.json"),
  turborepo: there("turbo.json"),
  "uv-workspace": text("pyproject.toml", '[tool.uv.workspace]\nmembers = ["packages/*"]\n'),
  "yarn-workspaces": { files: { "package.json": '{ "workspaces": ["packages/*"] }', "yarn.lock": "" } },
};

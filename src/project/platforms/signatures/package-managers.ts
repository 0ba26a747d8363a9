/** Package managers: lock files, and what manifests name. */
import { file, files, type SignatureTable } from "../signature.ts";

const lock = (...paths: readonly string[]) => files(paths, "definitive");

/** The `packageManager` field, which corepack and others enforce. */
const field = (name: string) =>
  file.definitive("package.json", { text: new RegExp(`^[ \\t]*"packageManager"\\s*:\\s*"${name}@`, "m") });

export const packageManagers: SignatureTable = {
  kind: "package-manager",
  rows: [
    { id: "bun", name: "Bun", signals: [...lock("bun.lock", "bun.lockb"), field("bun")], confirmed: "V R" },
    {
      id: "bundler",
      name: "Bundler",
      signals: [...lock("Gemfile.lock", "gems.locked"), file.strong("Gemfile")],
      confirmed: "V R",
    },
    { id: "cargo", name: "Cargo", signals: [...lock("Cargo.lock"), file.strong("Cargo.toml")], confirmed: "R" },
    {
      id: "cocoapods",
      name: "CocoaPods",
      signals: [
        // In `ios/` and `macos/` of applications that are not Apple's alone, where no other project begins.
        file.definitive("Podfile.lock", { where: "anywhere" }),
        file.strong("Podfile", { where: "anywhere" }),
      ],
      confirmed: "R",
    },
    {
      id: "composer",
      name: "Composer",
      signals: [...lock("composer.lock"), file.strong("composer.json")],
      confirmed: "V R",
    },
    {
      id: "conda",
      name: "Conda",
      signals: [
        ...files(["environment.yml", "environment.yaml"], "strong", { text: /^dependencies:/m }),
        ...lock("conda-lock.yml"),
      ],
      confirmed: "R",
    },
    {
      id: "deno",
      name: "Deno",
      signals: [...lock("deno.lock"), ...files(["deno.json", "deno.jsonc"], "strong")],
      confirmed: "R",
    },
    { id: "go-modules", name: "Go modules", signals: [...lock("go.mod")], confirmed: "R" },
    {
      id: "gradle",
      name: "Gradle",
      signals: files(["build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"], "definitive"),
      confirmed: "R",
    },
    { id: "maven", name: "Maven", signals: lock("pom.xml"), confirmed: "R" },
    { id: "mix", name: "Mix", signals: [...lock("mix.lock"), file.strong("mix.exs")], confirmed: "R" },
    {
      id: "nix",
      name: "Nix",
      signals: [...lock("flake.lock"), ...files(["flake.nix", "shell.nix"], "strong")],
      confirmed: "R",
    },
    {
      id: "npm",
      name: "npm",
      signals: [...lock("package-lock.json", "npm-shrinkwrap.json"), field("npm")],
      confirmed: "V R",
    },
    {
      id: "nuget",
      name: "NuGet",
      signals: [
        ...lock("packages.lock.json"),
        ...files(["*.csproj", "*.fsproj", "*.vbproj", "Directory.Packages.props"], "strong"),
      ],
      confirmed: "R",
    },
    { id: "pdm", name: "PDM", signals: lock("pdm.lock"), confirmed: "V R" },
    { id: "pip", name: "pip", signals: files(["requirements.txt", "requirements/*.txt"], "strong"), confirmed: "V R" },
    { id: "pipenv", name: "Pipenv", signals: [...lock("Pipfile.lock"), file.strong("Pipfile")], confirmed: "V R" },
    { id: "pixi", name: "Pixi", signals: [...lock("pixi.lock"), file.strong("pixi.toml")], confirmed: "R" },
    { id: "pnpm", name: "pnpm", signals: [...lock("pnpm-lock.yaml"), field("pnpm")], confirmed: "V R" },
    {
      id: "poetry",
      name: "Poetry",
      signals: [...lock("poetry.lock"), file.strong("pyproject.toml", { text: /^\[tool\.poetry\]/m })],
      confirmed: "V R",
    },
    { id: "pub", name: "pub", signals: [...lock("pubspec.lock"), file.strong("pubspec.yaml")], confirmed: "R" },
    {
      id: "swiftpm",
      name: "Swift Package Manager",
      signals: [...lock("Package.resolved"), file.strong("Package.swift")],
      confirmed: "R",
    },
    {
      id: "uv",
      name: "uv",
      signals: [...lock("uv.lock"), file.strong("pyproject.toml", { text: /^\[tool\.uv[\].]/m })],
      confirmed: "V R",
    },
    {
      id: "yarn",
      name: "Yarn",
      signals: [...lock("yarn.lock"), file.strong(".yarnrc.yml"), field("yarn")],
      confirmed: "V R",
    },
  ],
};

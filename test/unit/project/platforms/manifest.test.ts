/** What each kind of manifest declares. */
import { expect, it } from "vitest";
import { parseManifest } from "../../../../src/project/platforms/manifest.ts";

/** `name`, or `(name)` where it is for development only. */
async function declared(path: string, text: string): Promise<string[]> {
  const { dependencies } = await parseManifest(path, text);
  return dependencies.map(({ name, isDev }) => (isDev ? `(${name})` : name));
}

it("pyproject.toml", async () => {
  const text = `[project]
name = "app"
dependencies = ["Django>=5", "zope.interface", "uvicorn[standard] ; python_version > '3.9'", "pkg @ https://example.org/pkg.zip"]
[project.optional-dependencies]
docs = ["sphinx"]
[dependency-groups]
test = ["pytest", { include-group = "lint" }]
[tool.poetry.dependencies]
python = "^3.12"
Flask_Login = "*"
[tool.poetry.group.dev.dependencies]
black = "*"
`;
  expect(await declared("pyproject.toml", text)).toEqual([
    "django",
    "zope-interface",
    "uvicorn",
    "pkg",
    "(sphinx)",
    "(pytest)",
    "python",
    "flask-login",
    "(black)",
  ]);
  expect((await parseManifest("pyproject.toml", text)).name).toBe("app");
});

it("requirements, with options, comments and addresses", async () => {
  const text =
    "-r base.txt\n--index-url https://example.org\n# flask\nDjango==5.0 # the web\n  fastapi\nhttps://example.org/x.zip\n./local\n";
  expect(await declared("requirements.txt", text)).toEqual(["django", "fastapi"]);
  expect(await declared("requirements/dev.txt", "pytest\n")).toEqual(["(pytest)"]);
  expect(await declared("requirements-test.txt", "pytest\n")).toEqual(["(pytest)"]);
  expect(await declared("requirements-latest.txt", "flask\n")).toEqual(["flask"]);
});

it("setup.cfg and Pipfile", async () => {
  const text =
    "[metadata]\nname = x\n[options]\ninstall_requires =\n    flask>=2\n    click\npython_requires = >=3\n[options.extras_require]\nx =\n    django\n";
  expect(await declared("setup.cfg", text)).toEqual(["flask", "click"]);
  expect(await declared("Pipfile", '[packages]\nflask = "*"\n[dev-packages]\npytest = "*"\n')).toEqual([
    "flask",
    "(pytest)",
  ]);
});

it("Gemfile with groups", async () => {
  const text = `# gem "rails"
gem "sinatra", "~> 4"
gem 'puma', group: :development
group :development, :test do
  gem "rspec"
end
platforms :ruby do
  gem "pg"
end
`;
  expect(await declared("Gemfile", text)).toEqual(["sinatra", "(puma)", "(rspec)", "pg"]);
});

it("go.mod without what is indirect", async () => {
  const text =
    "module example.org/a\n\nrequire github.com/labstack/echo/v4 v4.1.0\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.9.0\n\tgithub.com/x/y v1.0.0 // indirect\n)\n\nreplace github.com/z/z => ../z\n";
  expect(await declared("go.mod", text)).toEqual(["github.com/labstack/echo/v4", "github.com/gin-gonic/gin"]);
});

it("Cargo.toml with aliases, targets and what is optional", async () => {
  const text = `[package]
name = "a"
[dependencies]
web = { package = "actix-web", version = "4" }
axum = { version = "0.8", optional = true }
[dev-dependencies]
rocket = "0.5"
[target.'cfg(unix)'.dependencies]
nix = "1"
[workspace.dependencies]
tauri = "2"
`;
  expect(await declared("Cargo.toml", text)).toEqual(["actix-web", "(axum)", "(rocket)", "nix"]);
});

it("pom.xml without comments and what plugins bring themselves", async () => {
  const text = `<project>
  <parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId></parent>
  <dependencies>
    <!-- <dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest</artifactId></dependency> -->
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><scope>test</scope></dependency>
  </dependencies>
</project>`;
  expect(await declared("pom.xml", text)).toEqual([
    "org.springframework.boot:spring-boot-starter-parent",
    "(junit:junit)",
  ]);
});

it("Gradle's files", async () => {
  const text = `plugins {
  id("org.springframework.boot") version "3.4.0"
  // id("io.quarkus")
}
dependencies {
  implementation("io.micronaut:micronaut-runtime:4.0.0")
  implementation(platform("io.quarkus.platform:quarkus-bom:3.0"))
  testImplementation "org.junit.jupiter:junit-jupiter"
  annotationProcessor("a:b:1")
}
`;
  expect(await declared("build.gradle.kts", text)).toEqual([
    "org.springframework.boot",
    "io.micronaut:micronaut-runtime",
    "io.quarkus.platform:quarkus-bom",
    "(org.junit.jupiter:junit-jupiter)",
  ]);
  const catalog =
    '[plugins]\nboot = { id = "org.springframework.boot", version = "3" }\n[libraries]\na = { module = "g:a", version = "1" }\nb = "g:b:1"\nc = { group = "g", name = "c" }\n';
  expect(await declared("gradle/libs.versions.toml", catalog)).toEqual([
    "(org.springframework.boot)",
    "(g:a)",
    "(g:b)",
    "(g:c)",
  ]);
});

it("pubspec.yaml, mix.exs and .NET projects", async () => {
  const pub =
    "name: app\ndependencies:\n  flutter:\n    sdk: flutter\n  http: ^1.0.0\n\ndev_dependencies:\n  lints: any\nflutter:\n  uses: x\n";
  expect(await declared("pubspec.yaml", pub)).toEqual(["flutter", "http", "(lints)"]);
  const mix =
    'defp deps do\n  [\n    # {:plug, "1"},\n    {:phoenix, "~> 1.7"},\n    {:credo, "~> 1.7", only: [:dev, :test]}\n  ]\nend\n';
  expect(await declared("mix.exs", mix)).toEqual(["phoenix", "(credo)"]);
  const project =
    '<Project Sdk="Microsoft.NET.Sdk.Web">\n<ItemGroup><PackageReference Include="Dapper" Version="2" /></ItemGroup>\n</Project>';
  expect(await declared("A.csproj", project)).toEqual(["sdk:Microsoft.NET.Sdk.Web", "Dapper"]);
});

/** Frameworks outside of the JavaScript world. */
import { dependency, type Ecosystem, file, files, type SignatureTable, tool } from "../signature.ts";

const of = (ecosystem: Ecosystem, names: readonly string[]) => names.map((name) => dependency(ecosystem, name));
const pypi = (...names: readonly string[]) => of("pypi", names);
const gem = (...names: readonly string[]) => of("gem", names);
const composer = (...names: readonly string[]) => of("composer", names);
const go = (...names: readonly string[]) => of("go", names);
const cargo = (...names: readonly string[]) => of("cargo", names);
const hex = (...names: readonly string[]) => of("hex", names);
const jvm = (plugin: string, ...artifacts: readonly string[]) => [
  tool("gradle-plugin", plugin),
  ...artifacts.map((name) => dependency("maven", name)),
];

export const otherFrameworks: SignatureTable = {
  kind: "framework",
  rows: [
    { id: "actix", name: "Actix Web", signals: cargo("actix-web"), confirmed: "V" },
    {
      // The manifest where Gradle's plugin for it looks: https://developer.android.com/guide/topics/manifest/manifest-intro
      id: "android",
      name: "Android",
      signals: [
        tool("gradle-plugin", "com.android.application"),
        tool("gradle-plugin", "com.android.library"),
        file.strong("src/main/AndroidManifest.xml"),
      ],
      confirmed: "D",
    },
    {
      id: "aspnet-core",
      name: "ASP.NET Core",
      // Not a package: the SDK that the project file names; the second is Blazor's.
      signals: [tool("nuget", "sdk:Microsoft.NET.Sdk.Web"), tool("nuget", "sdk:Microsoft.NET.Sdk.BlazorWebAssembly")],
      confirmed: "D",
    },
    { id: "axum", name: "axum", signals: cargo("axum"), confirmed: "V" },
    {
      id: "django",
      name: "Django",
      signals: [
        ...pypi("django"),
        file.strong("manage.py", {
          text: /^[ \t]*(?:os\.environ\.setdefault\(["']DJANGO_SETTINGS_MODULE|from django\.core\.management import)/m,
        }),
      ],
      confirmed: "V P",
    },
    {
      id: "echo",
      name: "Echo",
      signals: go("github.com/labstack/echo/v4", "github.com/labstack/echo/v5", "github.com/labstack/echo"),
      confirmed: "V",
    },
    { id: "fastapi", name: "FastAPI", signals: pypi("fastapi"), confirmed: "V P" },
    { id: "fasthtml", name: "FastHTML", signals: pypi("python-fasthtml"), confirmed: "V" },
    {
      id: "fiber",
      name: "Fiber",
      signals: go("github.com/gofiber/fiber/v2", "github.com/gofiber/fiber/v3", "github.com/gofiber/fiber"),
      confirmed: "V",
    },
    { id: "flask", name: "Flask", signals: pypi("flask"), confirmed: "V P" },
    {
      id: "flutter",
      name: "Flutter",
      signals: [tool("pub", "flutter"), file.strong(".metadata", { text: /^# .*\bFlutter\b/m })],
      confirmed: "P I",
    },
    { id: "gin", name: "Gin", signals: go("github.com/gin-gonic/gin"), confirmed: "V" },
    {
      // config.toml is Zola's and Cargo's too: Hugo's says baseURL.
      id: "hugo",
      name: "Hugo",
      signals: [
        ...files(["hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"], "strong"),
        file.strong("config.toml", { text: /^baseURL\s*=/im }),
        ...files(["config.yaml", "config.yml"], "strong", { text: /^baseURL:/im }),
      ],
      confirmed: "V N",
    },
    {
      id: "jekyll",
      name: "Jekyll",
      signals: [...["jekyll", "github-pages"].map((name) => tool("gem", name)), file.weak("_config.yml")],
      confirmed: "V N",
    },
    {
      id: "laravel",
      name: "Laravel",
      signals: [...composer("laravel/framework"), file.strong("artisan", { beside: ["composer.json"] })],
      confirmed: "V P",
    },
    {
      id: "micronaut",
      name: "Micronaut",
      signals: jvm(
        "io.micronaut.application",
        "io.micronaut:micronaut-runtime",
        "io.micronaut:micronaut-http-server-netty",
      ),
      confirmed: "P",
    },
    { id: "phoenix", name: "Phoenix", signals: hex("phoenix"), confirmed: "P" },
    {
      id: "quarkus",
      name: "Quarkus",
      signals: jvm("io.quarkus", "io.quarkus:*", "io.quarkus.platform:*"),
      confirmed: "P",
    },
    {
      id: "rails",
      name: "Ruby on Rails",
      signals: [
        ...gem("rails"),
        file.strong("config/application.rb", { text: /^[ \t]*class Application < Rails::Application/m }),
      ],
      confirmed: "V P",
    },
    { id: "rocket", name: "Rocket", signals: cargo("rocket"), confirmed: "V" },
    { id: "sinatra", name: "Sinatra", signals: gem("sinatra"), confirmed: "V" },
    {
      id: "spring-boot",
      name: "Spring Boot",
      signals: jvm("org.springframework.boot", "org.springframework.boot:*"),
      confirmed: "P",
    },
    { id: "starlette", name: "Starlette", signals: pypi("starlette"), confirmed: "V" },
    {
      id: "symfony",
      name: "Symfony",
      signals: [...composer("symfony/framework-bundle"), file.strong("symfony.lock")],
      confirmed: "V P",
    },
    {
      id: "zola",
      name: "Zola",
      signals: [file.strong("config.toml", { text: /^base_url\s*=/m }), file.strong("zola.toml")],
      confirmed: "V N",
    },
  ],
};

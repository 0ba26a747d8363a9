/** Committed build output is known by the framework beside it and by what that framework leaves there; the name alone is nothing. */
import { expect, test } from "vitest";
import { findBuildOutput } from "../../../../src/project/platforms/build-output.ts";
import { signatureTables } from "../../../../src/project/platforms/signatures/index.ts";

const look = (...paths: string[]) => findBuildOutput(new Map(paths.map((path) => [path, undefined])));

test.each([
  ["angular.json", ".angular/cache/20.0.0/babel.json", ".angular", "Angular"],
  ["astro.config.mjs", "dist/_astro/index.css", "dist", "Astro"],
  ["app/capacitor.config.ts", "app/ios/App/App/public/index.html", "app/ios/App/App/public", "Capacitor"],
  ["Cargo.toml", "target/CACHEDIR.TAG", "target", "Cargo"],
  ["web/package.json", "web/build/asset-manifest.json", "web/build", "Create React App"],
  ["docusaurus.config.js", "build/assets/js/main.js", "build", "Docusaurus"],
  [".eleventy.js", "_site/index.html", "_site", "Eleventy"],
  ["pubspec.yaml", "build/web/flutter.js", "build", "Flutter"],
  ["gatsby-config.ts", "public/page-data/index/page-data.json", "public", "Gatsby"],
  ["app/build.gradle.kts", "app/build/classes/java/main/A.class", "app/build", "Gradle"],
  ["hugo.toml", "public/sitemap.xml", "public", "Hugo"],
  ["pom.xml", "target/classes/application.yml", "target", "Maven"],
  ["next.config.mjs", "out/_next/static/chunks/main.js", "out", "Next.js"],
  ["src/Api/Api.csproj", "src/Api/obj/project.assets.json", "src/Api/obj", "NuGet"],
  ["svelte.config.js", "build/_app/version.json", "build", "SvelteKit"],
  ["vite.config.ts", "dist/assets/index.css", "dist", "Vite"],
])("%s and %s: %s is made by %s", (beside, path, folder, by) => {
  expect(look(beside, path)).toEqual([{ folder, by }]);
  expect(look(path), "without what it is made with").toEqual([]);
});

test("folders that people write in are theirs", () => {
  expect(look("package.json", "build/webpack.config.js", "build/utils.js")).toEqual([]);
  expect(look("Cargo.toml", "src/target/mod.rs", "target/README.md")).toEqual([]);
  expect(look("next.config.js", "public/index.html", "out/notes.md")).toEqual([]);
  expect(look("pom.xml", "modules/target/classes/A.class")).toEqual([]);
  expect(look("gatsby-config.js", "public/logo.svg")).toEqual([]);
});

test("every maker is one that detection knows by this name", () => {
  const known = new Set(signatureTables.flatMap(({ rows }) => rows.map(({ name }) => name)));
  const makers = ["Angular", "Astro", "Capacitor", "Cargo", "Create React App", "Docusaurus", "Eleventy", "Flutter"];
  const others = [
    "Gatsby",
    "Gradle",
    "Hugo",
    "Jekyll",
    "Maven",
    "Mix",
    "Next.js",
    "NuGet",
    "Stencil",
    "SvelteKit",
    "Vite",
  ];
  for (const name of [...makers, ...others]) expect([...known]).toContain(name);
});

/** Folders that hold what a build put there, committed all the same: a framework's own name for them, beside what shows that it is used, with what it alone leaves in them. */

export interface BuildOutput {
  /** Relative to the root. */
  readonly folder: string;
  /** As `codeflow detect` calls it. */
  readonly by: string;
}

interface OutputRow {
  readonly by: string;
  /** Names of what stands beside the folder, one of them; `*proj` means any project file of .NET. */
  readonly beside: readonly string[];
  readonly folder: string;
  /** Below the folder: a file, or a folder with its slash. One is enough. */
  readonly holds: readonly string[];
}

const configured = (name: string): Pick<OutputRow, "beside"> => ({
  beside: ["js", "mjs", "cjs", "ts", "mts", "cts", "json"].map((ending) => `${name}.${ending}`),
});
const named = (...names: string[]): Pick<OutputRow, "beside"> => ({ beside: names });

/** `build` and `public` are names of folders that people write in as well: what is in them decides. */
const rows: readonly OutputRow[] = [
  { by: "Angular", ...named("angular.json"), folder: ".angular", holds: ["cache/"] },
  { by: "Astro", ...configured("astro.config"), folder: "dist", holds: ["_astro/"] },
  {
    by: "Capacitor",
    ...configured("capacitor.config"),
    folder: "android/app/src/main/assets/public",
    holds: ["index.html"],
  },
  { by: "Capacitor", ...configured("capacitor.config"), folder: "ios/App/App/public", holds: ["index.html"] },
  {
    by: "Cargo",
    ...named("Cargo.toml"),
    folder: "target",
    holds: [".rustc_info.json", "CACHEDIR.TAG", "debug/", "release/"],
  },
  { by: "Create React App", ...named("package.json"), folder: "build", holds: ["asset-manifest.json"] },
  { by: "Docusaurus", ...configured("docusaurus.config"), folder: ".docusaurus", holds: ["registry.js", "routes.js"] },
  { by: "Docusaurus", ...configured("docusaurus.config"), folder: "build", holds: ["assets/js/"] },
  { by: "Eleventy", ...configured("eleventy.config"), folder: "_site", holds: ["index.html"] },
  { by: "Eleventy", ...configured(".eleventy"), folder: "_site", holds: ["index.html"] },
  {
    by: "Flutter",
    ...named("pubspec.yaml"),
    folder: "build",
    holds: ["flutter_assets/", "web/flutter.js", "app/intermediates/"],
  },
  { by: "Gatsby", ...configured("gatsby-config"), folder: "public", holds: ["page-data/"] },
  {
    by: "Gradle",
    ...named("build.gradle", "build.gradle.kts"),
    folder: "build",
    holds: ["classes/", "intermediates/", "tmp/", "kotlin/"],
  },
  {
    by: "Hugo",
    ...named("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"),
    folder: "public",
    holds: ["index.xml", "sitemap.xml"],
  },
  { by: "Jekyll", ...named("_config.yml"), folder: "_site", holds: ["index.html", "feed.xml"] },
  {
    by: "Maven",
    ...named("pom.xml"),
    folder: "target",
    holds: ["classes/", "maven-archiver/", "maven-status/", "surefire-reports/"],
  },
  { by: "Mix", ...named("mix.exs"), folder: "_build", holds: ["dev/", "prod/", "test/"] },
  { by: "Next.js", ...configured("next.config"), folder: "out", holds: ["_next/"] },
  { by: "NuGet", ...named("*proj"), folder: "obj", holds: ["project.assets.json", "Debug/", "Release/"] },
  { by: "Stencil", ...configured("stencil.config"), folder: "www", holds: ["build/"] },
  { by: "SvelteKit", ...configured("svelte.config"), folder: "build", holds: ["_app/", "client/_app/"] },
  { by: "Vite", ...configured("vite.config"), folder: "dist", holds: [".vite/manifest.json", "assets/"] },
];

const lastWord = (folder: string): string => folder.slice(folder.lastIndexOf("/") + 1);
const byWord = Map.groupBy(rows, ({ folder }) => lastWord(folder));
const someOutput = new RegExp(
  `(?:^|/)(${[...byWord.keys()].map((word) => word.replaceAll(".", "\\.")).join("|")})(?=/)`,
  "g",
);

/** By names alone: nothing is read. `paths`: every file of the tree. */
export function findBuildOutput(paths: Pick<ReadonlyMap<string, unknown>, "has" | "keys">): readonly BuildOutput[] {
  const found = new Map<string, string>();
  for (const path of paths.keys()) {
    // Of almost every path this is all that is asked.
    if (path.search(someOutput) < 0) continue;
    for (const { 0: match, 1: word = "", index } of path.matchAll(someOutput)) {
      const place = path.slice(0, index + match.length);
      if (found.has(place)) continue;
      const rest = path.slice(place.length + 1);
      const row = byWord.get(word)?.find((one) => isMadeBy(one, place, rest, paths));
      if (row !== undefined) found.set(place, row.by);
    }
  }
  return [...found].map(([folder, by]) => ({ folder, by }));
}

function isMadeBy(
  { folder, holds, beside }: OutputRow,
  place: string,
  rest: string,
  paths: Pick<ReadonlyMap<string, unknown>, "has" | "keys">,
): boolean {
  if (place !== folder && !place.endsWith(`/${folder}`)) return false;
  if (!holds.some((one) => (one.endsWith("/") ? rest.startsWith(one) : rest === one))) return false;
  const around = place.slice(0, place.length - folder.length);
  return beside.some((name) => (name === "*proj" ? hasProject(around, paths) : paths.has(around + name)));
}

function hasProject(around: string, paths: Pick<ReadonlyMap<string, unknown>, "keys">): boolean {
  for (const path of paths.keys()) {
    if (path.startsWith(around) && /^[^/]+\.(?:cs|fs|vb)proj$/.test(path.slice(around.length))) return true;
  }
  return false;
}

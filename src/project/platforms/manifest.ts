/** What manifests declare, whatever the ecosystem: names only, read from the parsed form, never from prose or code. */
import { parseComposer, parsePackageJson } from "./manifests/json.ts";
import { parseGradle, parsePom, parseVersionCatalog } from "./manifests/jvm.ts";
import { parseGemfile, parseGoMod, parseMix, parseProject, parsePubspec } from "./manifests/lines.ts";
import { parseCargo, parsePipfile, parsePyproject, parseRequirements, parseSetupCfg } from "./manifests/python-rust.ts";
import type { Ecosystem } from "./signature.ts";

export interface DeclaredDependency {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  /** Needed for development only. */
  readonly isDev: boolean;
  /** The section, in the manifest's words. */
  readonly section: string;
}

export interface Manifest {
  readonly name?: string;
  readonly dependencies: readonly DeclaredDependency[];
}

/** Line ends are `\n`, without a BOM. Throws an Error that says what is wrong where it is not what its name says. */
export async function parseManifest(path: string, text: string): Promise<Manifest> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  switch (name) {
    case "package.json":
      return parsePackageJson(text);
    case "composer.json":
      return parseComposer(text);
    case "pyproject.toml":
      return parsePyproject(text);
    case "Pipfile":
      return parsePipfile(text);
    case "setup.cfg":
      return parseSetupCfg(text);
    case "Cargo.toml":
      return parseCargo(text);
    case "libs.versions.toml":
      return parseVersionCatalog(text);
    case "Gemfile":
      return parseGemfile(text);
    case "go.mod":
      return parseGoMod(text);
    case "pubspec.yaml":
      return parsePubspec(text);
    case "mix.exs":
      return parseMix(text);
    case "pom.xml":
      return parsePom(text);
    case "build.gradle":
    case "build.gradle.kts":
      return parseGradle(text);
    default:
      if (name.endsWith(".txt")) return parseRequirements(path, text);
      if (name.endsWith("proj")) return parseProject(text);
      // setup.py and Package.swift are programs: that they are there is all that they say.
      return { dependencies: [] };
  }
}

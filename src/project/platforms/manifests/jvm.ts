/** Manifests of the JVM: pom.xml, Gradle build files and version catalogues. Only declarations are read. */
import type { DeclaredDependency, Manifest } from "../manifest.ts";
import { blocks, withoutBlocks } from "./blocks.ts";

export function parsePom(text: string): Manifest {
  const plain = withoutBlocks(text, "<!--", "-->");
  if (!/<project[\s>]/.test(plain)) throw new Error("it has no <project>");
  const dependencies: DeclaredDependency[] = [];
  for (const kind of ["parent", "dependency", "plugin"]) {
    for (const body of blocks(plain, `<${kind}>`, `</${kind}>`)) {
      // A plugin's own dependencies and exclusions are inside of it.
      const inner = body.search(/<(?:exclusions|dependencies|executions|configuration)>/);
      const own = inner < 0 ? body : body.slice(0, inner);
      const group = element(own, "groupId") ?? (kind === "plugin" ? "org.apache.maven.plugins" : undefined);
      const artifact = element(own, "artifactId");
      if (group === undefined || artifact === undefined) continue;
      const scope = element(body, "scope");
      dependencies.push({
        ecosystem: "maven",
        name: `${group}:${artifact}`,
        isDev: scope === "test" || scope === "provided",
        section: kind,
      });
    }
  }
  return { dependencies };
}

function element(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>\\s*([^<\\s]+)\\s*</${name}>`).exec(text)?.[1];
}

export function parseGradle(text: string): Manifest {
  const dependencies: DeclaredDependency[] = [];
  for (const line of withoutComments(text).split("\n")) {
    const plugin =
      /^\s*(?:plugins\s*\{\s*)?id\s*\(?\s*["']([\w.-]+)["']/.exec(line)?.[1] ??
      /^\s*apply\s*\(?\s*plugin\s*[:=]\s*["']([\w.-]+)["']/.exec(line)?.[1];
    if (plugin !== undefined) {
      dependencies.push({ ecosystem: "gradle-plugin", name: plugin, isDev: false, section: "plugins" });
      continue;
    }
    const [, configuration, name] =
      /^\s*(\w+)\s*\(?\s*(?:platform\s*\(|enforcedPlatform\s*\()?\s*["']([\w.-]+:[\w.-]+)(?::[^"']*)?["']/.exec(line) ??
      [];
    if (
      configuration === undefined ||
      name === undefined ||
      !/implementation|api|compile|runtime/i.test(configuration)
    ) {
      continue;
    }
    const isDev = /test|compileOnly/i.test(configuration);
    dependencies.push({ ecosystem: "maven", name, isDev, section: configuration });
  }
  return { dependencies };
}

function withoutComments(text: string): string {
  return withoutBlocks(text, "/*", "*/").replaceAll(/^[ \t]*\/\/.*$/gm, "");
}

/** Declared for all of the build's projects: not yet used by any, so as telling as something for development. */
export async function parseVersionCatalog(text: string): Promise<Manifest> {
  const { parse } = await import("smol-toml");
  const root = parse(text);
  const entries = (key: string): unknown[] => {
    const section = root[key];
    return typeof section === "object" && section !== null ? Object.values(section) : [];
  };
  const dependencies: DeclaredDependency[] = [];
  for (const plugin of entries("plugins")) {
    const id = typeof plugin === "string" ? plugin.replace(/:[^:]*$/, "") : field(plugin, "id");
    if (id !== undefined) dependencies.push({ ecosystem: "gradle-plugin", name: id, isDev: true, section: "plugins" });
  }
  for (const library of entries("libraries")) {
    const name =
      typeof library === "string"
        ? library.split(":").slice(0, 2).join(":")
        : (field(library, "module") ?? `${field(library, "group") ?? ""}:${field(library, "name") ?? ""}`);
    if (/^[^:]+:[^:]+$/.test(name)) dependencies.push({ ecosystem: "maven", name, isDev: true, section: "libraries" });
  }
  return { dependencies };
}

function field(value: unknown, key: string): string | undefined {
  const found = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof found === "string" ? found : undefined;
}

/** Manifests that are read line by line: Gemfile, go.mod, pubspec.yaml, mix.exs, .NET project files. */
import type { DeclaredDependency, Manifest } from "../manifest.ts";
import { withoutBlocks } from "./blocks.ts";

/** A Gemfile is a program; its plain declarations are what almost all of them consist of. */
export function parseGemfile(text: string): Manifest {
  const dependencies: DeclaredDependency[] = [];
  const blocks: boolean[] = [];
  for (const line of text.split("\n")) {
    const statement = line.replace(/\s+#.*$|^#.*$/, "");
    const name = /^\s*gem\s*\(?\s*["']([\w.-]+)["']/.exec(statement)?.[1];
    if (name !== undefined) {
      const isDev =
        blocks.includes(true) || /\bgroups?(?::|\s*=>)\s*\[?\s*:?["']?(?:development|test)\b/.test(statement);
      dependencies.push({ ecosystem: "gem", name, isDev, section: isDev ? "a group for development" : "Gemfile" });
    } else if (/\bdo\s*(?:\|[^|]*\|)?\s*$|^\s*(?:if|unless|case)\b/.test(statement)) {
      blocks.push(/^\s*group\b.*:(?:development|test)\b/.test(statement));
    } else if (/^\s*end\b/.test(statement)) blocks.pop();
  }
  return { dependencies };
}

export function parseGoMod(text: string): Manifest {
  const dependencies: DeclaredDependency[] = [];
  const name = /^module\s+"?([^\s"]+)/m.exec(text)?.[1];
  let isInBlock = false;
  for (const line of text.split("\n")) {
    if (/^require\s*\(/.test(line)) isInBlock = true;
    else if (isInBlock && line.startsWith(")")) isInBlock = false;
    else {
      const path = (isInBlock ? /^\s+"?([^\s"/]+\.[^\s"]+)"?\s+v/ : /^require\s+"?([^\s"]+)"?\s+v/).exec(line)?.[1];
      if (path === undefined || /\/\/\s*indirect/.test(line)) continue;
      dependencies.push({ ecosystem: "go", name: path, isDev: false, section: "require" });
    }
  }
  return { ...(name === undefined ? {} : { name }), dependencies };
}

/** Two levels of an outline are all that is asked for: a YAML library would cost more than everything else here. */
export function parsePubspec(text: string): Manifest {
  const dependencies: DeclaredDependency[] = [];
  const name = /^name:\s*["']?([\w.-]+)/m.exec(text)?.[1];
  let section = "";
  let depth: number | undefined;
  for (const line of text.split("\n")) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const top = /^([\w-]+):/.exec(line)?.[1];
    if (top !== undefined) {
      section = top;
      depth = undefined;
      continue;
    }
    if (section !== "dependencies" && section !== "dev_dependencies") continue;
    const [, indent = "", key] = /^(\s+)["']?([\w-]+)["']?:/.exec(line) ?? [];
    if (key === undefined) continue;
    depth ??= indent.length;
    if (indent.length !== depth) continue;
    dependencies.push({ ecosystem: "pub", name: key, isDev: section === "dev_dependencies", section });
  }
  return { ...(name === undefined ? {} : { name }), dependencies };
}

export function parseMix(text: string): Manifest {
  const plain = text.replaceAll(/^[ \t]*#.*$/gm, "");
  const name = /\bapp:\s*:(\w+)/.exec(plain)?.[1];
  const start = plain.search(/\bdefp?[ \t]+deps\b/);
  const rest = start < 0 ? "" : plain.slice(start);
  const end = rest.search(/\n[ \t]*end\b/);
  const deps = end < 0 ? rest : rest.slice(0, end);
  const dependencies = [...deps.matchAll(/\{\s*:(\w+)\s*,([^{}]*)/g)].map(
    ([, dependency = "", options = ""]): DeclaredDependency => ({
      ecosystem: "hex",
      name: dependency,
      isDev: /\bonly:\s*\[?\s*:(?:dev|test)\b/.test(options),
      section: "deps",
    }),
  );
  return { ...(name === undefined ? {} : { name }), dependencies };
}

/** Packages, and the SDK that says what kind of project it is. */
export function parseProject(text: string): Manifest {
  const plain = withoutBlocks(text, "<!--", "-->");
  if (!/<Project[\s>]/.test(plain)) throw new Error("it has no <Project>");
  const sdks = [...plain.matchAll(/<Project\b[^<>]*\bSdk="([^"]+)"|<Sdk\b[^<>]*\bName="([^"]+)"/g)].flatMap(
    ([, first, second]) => (first ?? second ?? "").split(";").map((sdk) => `sdk:${sdk.replace(/\/.*$/, "").trim()}`),
  );
  const packages = [...plain.matchAll(/<PackageReference\b[^<>]*\bInclude="([^"]+)"/g)].map(([, name = ""]) => name);
  return {
    dependencies: [
      ...sdks.map((name): DeclaredDependency => ({ ecosystem: "nuget", name, isDev: false, section: "Sdk" })),
      ...packages.map((name): DeclaredDependency => ({
        ecosystem: "nuget",
        name,
        isDev: false,
        section: "PackageReference",
      })),
    ],
  };
}

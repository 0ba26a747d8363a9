/** What package registries say about a package: its versions and the one that is meant by "newest". */
import { nested, records, strings } from "../../analyzers/dependencies/shapes.ts";
import { type ActionContext, StepFailed } from "../../model/action.ts";
import type { OsvEcosystem } from "../locked-packages.ts";

export interface PackageFacts {
  /** Not yanked or retracted; unordered. */
  readonly versions: readonly string[];
  /** What the registry itself calls the newest, where it says so. */
  readonly latest?: string;
  /** By version: why it should not be used any more. */
  readonly deprecated: ReadonlyMap<string, string>;
}

/** Undefined: the registry does not have the package. Any other answer than a whole one fails the step. */
export async function askRegistry(
  { http, signal }: Pick<ActionContext<"http">, "http" | "signal">,
  ecosystem: OsvEcosystem,
  registry: string,
  name: string,
): Promise<PackageFacts | undefined> {
  const url = `${registry.replace(/\/+$/, "")}${pathOf(ecosystem, name)}`;
  const response = await http({ url, headers: { accept: "application/json, text/plain" }, signal });
  // The Go proxy answers 410 for modules that it will not serve.
  if (response.status === 404 || response.status === 410) return undefined;
  const text = Buffer.from(response.body).toString("utf8");
  if (response.status !== 200)
    throw new StepFailed(`${url} answered ${response.status}, so nothing is known about ${name}`);
  if (ecosystem === "Go") return { versions: text.split(/\s+/).filter((line) => line !== ""), deprecated: new Map() };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StepFailed(`${url} answered something that is no JSON, so nothing is known about ${name}`);
  }
  return read(ecosystem, name, value);
}

function pathOf(ecosystem: OsvEcosystem, name: string): string {
  switch (ecosystem) {
    case "npm":
      return `/${name.startsWith("@") ? `@${encodeURIComponent(name.slice(1))}` : encodeURIComponent(name)}`;
    case "PyPI":
      return `/pypi/${encodeURIComponent(name)}/json`;
    case "crates.io":
      return `/api/v1/crates/${encodeURIComponent(name)}`;
    case "RubyGems":
      return `/api/v1/versions/${encodeURIComponent(name)}.json`;
    case "Packagist":
      return `/p2/${name.split("/").map(encodeURIComponent).join("/")}.json`;
    case "Go":
      // Capitals are written as `!` and the small letter: https://go.dev/ref/mod#goproxy-protocol
      return `/${name.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`)}/@v/list`;
  }
}

function read(ecosystem: Exclude<OsvEcosystem, "Go">, name: string, value: unknown): PackageFacts {
  const deprecated = new Map<string, string>();
  if (ecosystem === "npm") {
    const all = nested(value, "versions");
    const versions = typeof all === "object" && all !== null ? Object.entries(all) : [];
    for (const [version, facts] of versions) {
      const reason = strings(facts)["deprecated"];
      if (reason !== undefined && reason !== "") deprecated.set(version, reason);
    }
    const latest = nested(value, "dist-tags", "latest");
    return {
      versions: versions.map(([version]) => version),
      deprecated,
      ...(typeof latest === "string" ? { latest } : {}),
    };
  }
  if (ecosystem === "PyPI") {
    const releases = nested(value, "releases");
    const entries = typeof releases === "object" && releases !== null ? Object.entries(releases) : [];
    const versions = entries
      .filter(([, files]) => records(files).some(({ yanked }) => yanked !== true))
      .map(([version]) => version);
    return { versions, deprecated };
  }
  if (ecosystem === "crates.io") {
    const versions = records(nested(value, "versions")).flatMap(({ num, yanked }) =>
      typeof num === "string" && yanked !== true ? [num] : [],
    );
    return { versions, deprecated };
  }
  if (ecosystem === "RubyGems") {
    return {
      versions: records(value).flatMap(({ number, platform = "ruby" }) =>
        typeof number === "string" && platform === "ruby" ? [number] : [],
      ),
      deprecated,
    };
  }
  const versions = records(nested(value, "packages", name)).flatMap(({ version }) =>
    typeof version === "string" ? [version] : [],
  );
  return { versions: versions.filter((version) => /^v?\d/.test(version)), deprecated };
}

/** `release.publish-check`: what publishing to npm would do; publishing itself only when confirmed. */
import { z } from "zod";
import { type ActionContext, defineAction, StepFailed } from "../../model/action.ts";
import { bytes, code, counted, markdownTable } from "../markdown-table.ts";
import { lastLine, npm, pack, type Packed, published } from "./npm-package.ts";

const suspicious =
  /(?:^|\/)(?:\.env(?:\..+)?|\.npmrc|\.netrc|id_(?:rsa|ed25519|ecdsa)|.+\.(?:pem|p12|pfx|key|keystore)|credentials(?:\.json)?|\.DS_Store)$|(?:^|\/)(?:\.git|node_modules|coverage)\//i;
const shown = 15;

export const publishCheck = defineAction({
  id: "release.publish-check",
  summary: "Say what publishing the npm package would do, and do it only when that is confirmed.",
  description: `Runs npm without the package's scripts: what would be packed, whether the registry has this version already, which dist-tag it
would get, whether files that the manifest names are in it and files that must not be. With \`confirm: true\` and no problem, it is
published; a version that is there already is left as it is. The registry and its token are npm's own configuration (\`NODE_AUTH_TOKEN\`
in the step's \`env\`). Build before this step.

\`\`\`yaml
- uses: release.publish-check
  with: { confirm: true, provenance: true }
\`\`\``,
  inputs: z.strictObject({
    directory: z.string().default(".").describe("Where its package.json is."),
    tag: z
      .string()
      .regex(/^[a-z][\w.-]*$/i)
      .optional()
      .describe("The dist-tag; `latest`, or of a prerelease its own word, when absent."),
    access: z.enum(["public", "restricted"]).optional().describe("Of a package with a scope."),
    provenance: z.boolean().default(false).describe("Publish with a statement of where it was built."),
    "max-size-kib": z.number().positive().optional().describe("Most that the unpacked package may weigh."),
    "allow-dirty": z.boolean().default(false).describe("Also with files that are not committed."),
    confirm: z.boolean().default(false).describe("Really publish."),
  }),
  outputs: z.object({
    outcome: z
      .enum(["would-publish", "published", "already-published", "refused"])
      .describe("What happened or would; `refused`: there are problems."),
    name: z.string().describe("The package."),
    version: z.string().describe("The version."),
    tag: z.string().describe("The dist-tag."),
    previous: z.string().describe("What that tag points to now; empty when nothing."),
    problems: z.array(z.string()).describe("What speaks against it."),
    files: z.array(z.string()).describe("What would be packed, sorted."),
    size: z.number().describe("Bytes, packed."),
    "unpacked-size": z.number().describe("Bytes, unpacked."),
  }),
  needs: ["repo"],
  effects: "outside",
  async run(context, inputs) {
    const { repo, summarize } = context;
    const folder = inputs.directory.replace(/\/+$/, "");
    const at = folder === "." || folder === "" ? "" : `${folder}/`;
    const manifest = await readManifest(context, `${at}package.json`);
    const { default: semver } = await import("semver");
    const { name, version } = manifest;
    const cwd = at === "" ? repo.root : `${repo.root}/${at}`;
    const parsed = semver.parse(version);
    if (parsed === null) throw new StepFailed(`${at}package.json: ${JSON.stringify(version)} is no semantic version`);
    const [word] = parsed.prerelease;
    const tag = inputs.tag ?? (word === undefined ? "latest" : typeof word === "string" ? word : "next");

    const there = await published(context, cwd, name);
    const packed = await pack(context, cwd);
    const previous = there?.tags[tag] ?? "";
    const isThere = there?.versions.includes(version) === true;
    const problems: string[] = [];
    if (manifest["private"] === true) problems.push("the package is private");
    if (tag === "latest" && parsed.prerelease.length > 0)
      problems.push(`${version} is a prerelease and would become latest`);
    if (!isThere && semver.valid(previous) !== null && semver.lt(version, previous)) {
      problems.push(`${tag} is at ${previous}: ${version} would take it back`);
    }
    problems.push(
      ...missingFiles(manifest, packed),
      ...packed.files.filter(({ path }) => suspicious.test(path)).map(({ path }) => `${path} must not be published`),
    );
    const limit = inputs["max-size-kib"];
    if (limit !== undefined && packed.unpackedSize > limit * 1_024) {
      problems.push(`it weighs ${bytes(packed.unpackedSize)}, ${bytes(limit * 1_024)} are allowed`);
    }
    if (!inputs["allow-dirty"] && (await repo.git(["status", "--porcelain", "--untracked-files=no"])).trim() !== "") {
      problems.push("tracked files are changed and not committed");
    }

    const result = {
      name,
      version,
      tag,
      previous,
      problems,
      files: packed.files.map(({ path }) => path).sort(),
      size: packed.size,
      "unpacked-size": packed.unpackedSize,
    };
    const largest = packed.files.toSorted((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1));
    summarize(
      [
        `${code(`${name}@${version}`)} as ${code(tag)}${previous === "" ? "" : ` (now ${code(previous)})`}: ${counted(packed.files.length, "file")}, ${bytes(packed.size)} packed, ${bytes(packed.unpackedSize)} unpacked`,
        ...(isThere ? ["This version is published already."] : []),
        ...(problems.length === 0 ? [] : [problems.map((problem) => `- ${problem}`).join("\n")]),
        markdownTable(
          ["File", "Size"],
          largest.slice(0, shown).map(({ path, size }) => [code(path), bytes(size)]),
        ),
        ...(largest.length > shown ? [`and ${counted(largest.length - shown, "file")} more`] : []),
      ].join("\n\n"),
    );
    if (isThere) return { outcome: "already-published" as const, ...result };
    if (problems.length > 0) {
      if (inputs.confirm)
        throw new StepFailed(`not published: ${problems.join("; ")}`, { outcome: "refused", ...result });
      return { outcome: "refused" as const, ...result };
    }
    if (!inputs.confirm) return { outcome: "would-publish" as const, ...result };
    const options = [
      ...(inputs.access === undefined ? [] : [`--access=${inputs.access}`]),
      ...(inputs.provenance ? ["--provenance"] : []),
    ];
    const answer = await npm(context, cwd, ["publish", "--ignore-scripts", `--tag=${tag}`, ...options]);
    if (answer.exitCode !== 0) {
      // A run that was cut off after publishing meets its own version here.
      if ((await published(context, cwd, name))?.versions.includes(version) === true)
        return { outcome: "already-published" as const, ...result };
      throw new StepFailed(`npm publish failed: ${lastLine(answer.stderr)}`, result);
    }
    return { outcome: "published" as const, ...result };
  },
});

interface Manifest extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly version: string;
}

async function readManifest({ repo }: ActionContext<"repo">, path: string): Promise<Manifest> {
  const text = await repo.readText(path);
  if (text === undefined) throw new StepFailed(`there is no ${path} in the checkout`);
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(text) as Partial<Manifest>;
  } catch (error) {
    throw new StepFailed(`${path} is no JSON: ${(error as Error).message}`);
  }
  const { name, version } = manifest;
  if (typeof name !== "string" || !/^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~][\w.~-]*$/i.test(name)) {
    throw new StepFailed(`${path} has no name that npm would take`);
  }
  if (typeof version !== "string") throw new StepFailed(`${path} has no version`);
  return { ...manifest, name, version };
}

/** Files that the manifest promises; without them everybody's import fails. */
function missingFiles(manifest: Manifest, packed: Packed): string[] {
  const promised = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === "string") promised.add(value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
  };
  for (const key of ["main", "module", "types", "typings", "bin", "exports"]) collect(manifest[key]);
  const paths = packed.files.map(({ path }) => path);
  const isThere = (wanted: string): boolean => {
    if (wanted.includes("*")) {
      const [before = "", after = ""] = wanted.split("*");
      return paths.some((path) => path.startsWith(before) && path.endsWith(after));
    }
    const places = [wanted, `${wanted}.js`, `${wanted}.json`, `${wanted.replace(/\/$/, "")}/index.js`];
    return places.some((place) => paths.includes(place));
  };
  return [...promised]
    .map((path) => path.replace(/^\.\//, ""))
    .filter((path) => path !== "" && path !== "." && !isThere(path))
    .map((path) => `${path} is named by package.json and would not be in the package`);
}

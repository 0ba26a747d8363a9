/** What a generator must know of a JavaScript package: what it depends on, whether it writes TypeScript, how it tests. */
import { StepFailed, type Repository } from "../../model/action.ts";

export interface PackageFacts {
  /** Folder of the package.json, with a trailing slash; empty at the root. */
  readonly directory: string;
  readonly dependencies: ReadonlySet<string>;
  readonly isTypeScript: boolean;
  readonly testRunner: "vitest" | "jest" | undefined;
  /** What relative imports end in: Node's own resolution, as TypeScript is told to check it, wants `.js`. */
  readonly ending: "" | ".js";
}

/** Of the nearest package.json at or above `from`. */
export async function readPackage(repo: Repository, from: string): Promise<PackageFacts> {
  const parts = from.split("/").filter((part) => part !== "" && part !== ".");
  for (let depth = parts.length; depth >= 0; depth--) {
    const directory = parts
      .slice(0, depth)
      .map((part) => `${part}/`)
      .join("");
    const text = await repo.readText(`${directory}package.json`);
    if (text === undefined) continue;
    const manifest = parse(text, `${directory}package.json`);
    const dependencies = new Set(
      ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"].flatMap((field) => {
        const value = manifest[field];
        return typeof value === "object" && value !== null ? Object.keys(value) : [];
      }),
    );
    const config = await repo.readText(`${directory}tsconfig.json`);
    const isNode = /"module(?:Resolution)?"\s*:\s*"node(?:16|18|20|next)"/i.test(config ?? "");
    return {
      directory,
      dependencies,
      isTypeScript: config !== undefined || dependencies.has("typescript"),
      testRunner: dependencies.has("vitest") ? "vitest" : dependencies.has("jest") ? "jest" : undefined,
      ending: isNode ? ".js" : "",
    };
  }
  throw new StepFailed(`there is no package.json at or above "${from}"`);
}

function parse(text: string, path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new StepFailed(`${path} is no JSON object`);
  } catch (error) {
    if (error instanceof StepFailed) throw error;
    throw new StepFailed(`${path} is no JSON: ${(error as Error).message}`);
  }
}

/** What a row of the signature tables can say: the signals of one platform, as data. */
import type { EvidenceStrength, PlatformKind } from "../../model/platform.ts";

/** Who says that a dependency of that name exists: the manifest's world, not the installing program. */
export type Ecosystem =
  | "npm"
  | "pypi"
  | "gem"
  | "composer"
  | "maven"
  | "gradle-plugin"
  | "go"
  | "cargo"
  | "pub"
  | "hex"
  | "nuget";

/**
 * A file of this name, at the root or in the folder of a package unless `where` says otherwise. `file` may have folders
 * (`.cursor/rules/*.mdc`), `*` within one segment, and ends with `/` where any file below that folder will do.
 */
export interface FileSignal {
  readonly kind: "file";
  readonly file: string;
  readonly strength: EvidenceStrength;
  /** `package` unless said: only what stands where a project begins counts, not a template somewhere inside. */
  readonly where?: "root" | "package" | "anywhere";
  /** One of these stands in the same folder. */
  readonly beside?: readonly string[];
  /** None of these does. */
  readonly without?: readonly string[];
  /** One of these is a key at the top of this JSON file. */
  readonly keys?: readonly string[];
  /** Its text matches. Anchored at a line's begin where there is one; linear, as anybody may have written the file. */
  readonly text?: RegExp;
}

/** A declared dependency of exactly this name; one `*` at the end stands for the rest of it. */
export interface DependencySignal {
  readonly kind: "dependency";
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly strength: EvidenceStrength;
  /** Where it is needed for development only. Weak unless said: libraries test themselves with everything. */
  readonly dev?: EvidenceStrength;
}

/** The project's own name in its manifest, left by a builder's template. */
export interface ProjectNameSignal {
  readonly kind: "project-name";
  readonly name: string;
  readonly strength: EvidenceStrength;
}

/** Who wrote or committed (`name <address>`), a trailer's line, or a subject. Never alone more than history. */
export interface CommitSignal {
  readonly kind: "commit";
  readonly field: "people" | "trailer" | "subject";
  readonly pattern: RegExp;
  /** In words. */
  readonly says: string;
  readonly strength: EvidenceStrength;
}

export type Signal = FileSignal | DependencySignal | ProjectNameSignal | CommitSignal;

export interface Signature {
  /** Kebab-case, unique over all tables. */
  readonly id: string;
  readonly name: string;
  readonly signals: readonly Signal[];
  /**
   * What confirmed the signals. `F n`: the path is in that many public repositories; `S`: the string is in ten or more
   * public files; `L`: a repository whose commits say the same; `C`: SchemaStore's catalogue; `V`, `N`, `P`, `R`: the
   * detectors of vercel, netlify, specfy, renovate; `RS`: ruler, rulesync and the skills of Vercel Labs; `I`:
   * vscode-icons; `D`: the vendor's documents.
   */
  readonly confirmed: string;
  /** One weak signal is worth telling all the same. */
  readonly evenWeak?: boolean;
}

export interface SignatureTable {
  readonly kind: PlatformKind;
  readonly rows: readonly Signature[];
}

type FileOptions = Omit<FileSignal, "kind" | "file" | "strength">;

const definitive = "definitive";
const strong = "strong";
const weak = "weak";

/** Short forms, so that a row of a table fits on a line. */
export const file = {
  definitive: (path: string, options: FileOptions = {}): FileSignal => fileSignal(path, definitive, options),
  strong: (path: string, options: FileOptions = {}): FileSignal => fileSignal(path, strong, options),
  weak: (path: string, options: FileOptions = {}): FileSignal => fileSignal(path, weak, options),
};

function fileSignal(path: string, strength: EvidenceStrength, options: FileOptions): FileSignal {
  return { kind: "file", file: path, strength, ...options };
}

/** Several files that say the same. */
export function files(paths: readonly string[], strength: EvidenceStrength, options: FileOptions = {}): FileSignal[] {
  return paths.map((path) => fileSignal(path, strength, options));
}

/** `next.config.js` and its siblings. */
export function configFiles(name: string, strength: EvidenceStrength = strong): FileSignal[] {
  return files(
    ["js", "mjs", "cjs", "ts", "mts", "cts"].map((extension) => `${name}.${extension}`),
    strength,
  );
}

/** What an application has among its dependencies. */
export function dependency(
  ecosystem: Ecosystem,
  name: string,
  strength: EvidenceStrength = strong,
  dev: EvidenceStrength = weak,
): DependencySignal {
  return { kind: "dependency", ecosystem, name, strength, dev };
}

/** What is needed to build: as telling among the dependencies for development. */
export function tool(ecosystem: Ecosystem, name: string, strength: EvidenceStrength = strong): DependencySignal {
  return { kind: "dependency", ecosystem, name, strength, dev: strength };
}

export function projectName(name: string, strength: EvidenceStrength = weak): ProjectNameSignal {
  return { kind: "project-name", name, strength };
}

export function people(pattern: RegExp, says: string, strength: EvidenceStrength = definitive): CommitSignal {
  return { kind: "commit", field: "people", pattern, says, strength };
}

export function trailer(pattern: RegExp, says: string, strength: EvidenceStrength = definitive): CommitSignal {
  return { kind: "commit", field: "trailer", pattern, says, strength };
}

export function subject(pattern: RegExp, says: string, strength: EvidenceStrength = strong): CommitSignal {
  return { kind: "commit", field: "subject", pattern, says, strength };
}

/** A workflow of GitHub Actions that uses this action. */
export function usesAction(action: string, strength: EvidenceStrength = strong): FileSignal[] {
  const name = action.replaceAll(/[.\\/-]/g, "\\$&");
  const text = new RegExp(`^[ \\t]*(?:-[ \\t]+)?uses:[ \\t]*["']?${name}@`, "m");
  return files([".github/workflows/*.yml", ".github/workflows/*.yaml"], strength, { where: "root", text });
}

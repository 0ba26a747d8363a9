/** What manifests and lockfiles say, in one shape for every package manager. */
import type { Range } from "../../model/finding.ts";

export type Ecosystem = "npm" | "python" | "cargo" | "go" | "ruby" | "php";

/** One line of a manifest: this package, in these versions. */
export interface Requirement {
  readonly name: string;
  /** As written; empty when any version will do. */
  readonly range: string;
  /** `dependencies`, `dev-dependencies`…; what the manager calls it. */
  readonly group: string;
  readonly at: Range;
  /** The lockfile may leave it out. */
  readonly isOptional?: boolean;
}

export interface Manifest {
  readonly kind: "manifest";
  readonly ecosystem: Ecosystem;
  readonly name?: string;
  readonly version?: string;
  readonly requirements: readonly Requirement[];
  /** Globs of the directories of a workspace's members. */
  readonly members?: readonly string[];
  /** Names whose versions are decided elsewhere (overrides, resolutions, replacements). */
  readonly overridden?: readonly string[];
  /** Hashes that the lockfile's `contentHash` may equal, one for each version of the manager's algorithm. */
  readonly contentHashes?: readonly string[];
  /** Requirements that members may inherit under a key, which need not be the package's name. */
  readonly shared?: Readonly<Record<string, { readonly name: string; readonly range: string }>>;
  /** The root of a workspace whose members need not be named. */
  readonly isWorkspace?: boolean;
}

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

export type LockManager =
  | "npm"
  | "pnpm"
  | "yarn"
  | "yarn-berry"
  | "bun"
  | "poetry"
  | "uv"
  | "pdm"
  | "pipenv"
  | "cargo"
  | "go"
  | "bundler"
  | "composer";

export interface Lockfile {
  readonly kind: "lockfile";
  readonly ecosystem: Ecosystem;
  readonly manager: LockManager;
  readonly packages: readonly LockedPackage[];
  /** Directories (relative to the lockfile) with the requirements that it was made for, as text. */
  readonly importers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** `name@range` of every entry (yarn), `module version` (go). */
  readonly keys?: readonly string[];
  /** npm: version by path in node_modules; an empty version is a link into the workspace. */
  readonly installed?: Readonly<Record<string, string>>;
  readonly overridden?: readonly string[];
  readonly contentHash?: string;
}

export type DependencyFacts = Manifest | Lockfile;

/** A requirement that the lockfile does not meet, and how. */
export interface Drift {
  readonly requirement?: Requirement;
  readonly message: string;
}

/** The packages a comparison needs beside the manifest and its lockfile. */
export interface Neighbourhood {
  /** Directory of the manifest relative to the lockfile's, `.` when it is the same. */
  readonly importer: string;
  /** The manifest beside the lockfile. */
  readonly root: Manifest | undefined;
  /** Names of all packages of the same workspace. */
  readonly memberNames: ReadonlySet<string>;
}

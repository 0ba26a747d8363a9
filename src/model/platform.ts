/** What a repository is built with and by: each answer with the evidence for it. */

/** In the order in which they are shown. */
export const platformKinds = [
  "ai-builder",
  "coding-agent",
  "framework",
  "language",
  "package-manager",
  "monorepo",
  "container",
  "hosting",
  "ci",
  "cloud-ide",
] as const;
export type PlatformKind = (typeof platformKinds)[number];

/** `definitive`: nothing else leaves this; `strong`: hardly anything else does; `weak`: needs a signal of another kind. */
export type EvidenceStrength = "definitive" | "strong" | "weak";

/** Signals of one family often have one cause, so only different families confirm each other. */
export type EvidenceFamily = "file" | "dependency" | "content" | "commit";

export interface Evidence {
  /** Repository-relative; absent for what commits say. */
  readonly path?: string;
  /** 1-based. */
  readonly line?: number;
  /** Id of the newest commit that says it. */
  readonly commit?: string;
  /** In words for a person: `next in dependencies`. */
  readonly signal: string;
  readonly family: EvidenceFamily;
  readonly strength: EvidenceStrength;
}

/**
 * `active`: the checkout shows it. `residual`: its own marker was removed, or only weak traces are left, and commits
 * confirm that it was there. `historical`: only commits tell of it.
 */
export type PlatformStatus = "active" | "residual" | "historical";

export interface Detection {
  /** Kebab-case, unique over all kinds. */
  readonly id: string;
  readonly name: string;
  readonly kind: PlatformKind;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly status: PlatformStatus;
  /** Folder of the package that it holds for; empty for the whole repository. */
  readonly scope: string;
  /** Strongest first. */
  readonly evidence: readonly Evidence[];
  /** Of languages only. */
  readonly amount?: LanguageAmount;
}

export interface LanguageAmount {
  readonly bytes: number;
  readonly files: number;
  /** Of all bytes in programming and markup languages, from 0 to 1. */
  readonly share: number;
}

/** A folder with a manifest of its own. */
export interface PackageFacts {
  /** Folder; empty for the root. */
  readonly path: string;
  /** As its manifest says; absent where none does. */
  readonly name?: string;
  readonly manifests: readonly string[];
}

export interface PlatformReport {
  /** By kind, then scope, then confidence. */
  readonly detections: readonly Detection[];
  readonly packages: readonly PackageFacts[];
  /** What could not be looked at, in words for a person. */
  readonly notices: readonly string[];
}

/** What the ruff process is told and what it answers. */

export interface HostJob {
  /** Absolute. */
  readonly root: string;
  readonly maxBytes: number;
  readonly groups: readonly {
    readonly settings: Record<string, unknown>;
    /** The configuration file that the settings come from. */
    readonly source: string | undefined;
    readonly files: readonly string[];
  }[];
}

/** One line of the answer. */
export type HostLine =
  | { readonly path: string; readonly diagnostics: readonly RuffDiagnostic[] }
  | { readonly path: string; readonly skip: string }
  | { readonly note: string; readonly source: string | undefined };

interface Position {
  readonly row: number;
  readonly column: number;
}

/** Rows and columns are 1-based; columns count UTF-16 code units. */
export interface RuffDiagnostic {
  readonly code: string | null;
  readonly message: string;
  readonly start_location: Position;
  readonly end_location: Position;
  readonly fix: {
    readonly message: string | null;
    readonly edits: readonly {
      readonly content: string | null;
      readonly location: Position;
      readonly end_location: Position;
    }[];
  } | null;
}

/** Recognises files that nobody of the repository writes by hand: generated and vendored ones. */
import type { Config } from "../model/config.ts";

/** The reason for each mark, in words for the person. */
export interface FileMarks {
  readonly generated?: string;
  readonly vendored?: string;
}

export type ClassifyConfig = Pick<Config, "generated" | "vendored">;

/** `headText`: about the first 4 KB of the file; undefined judges by path alone. */
export function classifyFile(_path: string, _headText: string | undefined, _config: ClassifyConfig): FileMarks {
  throw new Error("not built yet");
}

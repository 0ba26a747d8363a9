/** Writing what was generated: everything or nothing, and never over a person's file. */
import { StepFailed, type Repository } from "../../model/action.ts";

export interface GeneratedFile {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** Files that are already there, byte for byte, are left: so a repeated step gives the same tree. Answers what was written. */
export async function writeNewFiles(repo: Repository, files: readonly GeneratedFile[]): Promise<string[]> {
  const missing: GeneratedFile[] = [];
  const taken: string[] = [];
  for (const file of files) {
    const there = await repo.read(file.path);
    if (there === undefined) missing.push(file);
    else if (!Buffer.from(there).equals(Buffer.from(file.text))) taken.push(file.path);
  }
  if (taken.length > 0) {
    throw new StepFailed(`${taken.join(", ")} exists with other content; nothing was written`, { taken });
  }
  for (const { path, text } of missing) await repo.write(path, text);
  return missing.map(({ path }) => path);
}

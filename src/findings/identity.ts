/** What makes two findings the same one: hashes of their code and its surroundings, never a line number. */
import type { IdentifiedFinding, RawFinding } from "../model/finding.ts";
import type { SourceFile } from "../model/source-file.ts";

export interface Fingerprinted<F> {
  readonly finding: F;
  readonly fingerprint: string;
}

/** `file` is undefined when the finding's file cannot be read: then the message stands in for the text. */
export function identify(_finding: RawFinding, _file: SourceFile | undefined): IdentifiedFinding {
  throw new Error("not built yet");
}

/** In the order given; the fingerprints do not depend on that order. */
export function assignFingerprints<F extends IdentifiedFinding>(_findings: readonly F[]): Fingerprinted<F>[] {
  throw new Error("not built yet");
}

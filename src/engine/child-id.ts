/** The id of a called run follows from its caller's: a caller that is repeated after a crash finds the same run again. */
import { createHash } from "node:crypto";

/** Shaped as a UUIDv7 of its caller's time; `call` counts the calls of one step. */
export function childId(parent: string, step: string, tries: number, call: number): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([parent, step, tries, call]))
    .digest();
  hash[0] = 0x70 | ((hash[0] ?? 0) & 0x0f);
  hash[2] = 0x80 | ((hash[2] ?? 0) & 0x3f);
  const hex = hash.toString("hex");
  return `${parent.slice(0, 13)}-${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8, 20)}`;
}

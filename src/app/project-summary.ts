/** What a repository is built with, in one line for people: what `codeflow detect` is sure of, without the evidence. */
import type { Detection, PlatformKind, PlatformReport } from "../model/platform.ts";
import { count } from "../reports/wording.ts";

/** Less is a guess, and a guess needs its evidence beside it. */
const sure = 0.7;
const maxNames = 3;
/** A language with less than this does not say what the repository is written in. */
const mainShare = 0.2;

export function projectSummary({ detections, packages }: PlatformReport): string {
  const active = detections.filter(({ status, confidence }) => status === "active" && confidence >= sure);
  const names = (kind: PlatformKind): string[] => [
    ...new Set(active.filter((one) => one.kind === kind).map(({ name }) => name)),
  ];
  const languages = detections.filter(({ kind, amount }) => kind === "language" && (amount?.share ?? 0) >= mainShare);
  const layout = names("monorepo");
  const parts = [
    some(names("framework")),
    some(languages.map(({ name }: Detection) => name)),
    some(names("package-manager")),
    layout.length === 0 ? "" : `${some(layout)} (${count(packages.length, "package")})`,
    ...names("ai-builder").map((name) => `built with ${name}`),
  ].filter((part) => part !== "");
  return parts.length === 0 ? "nothing that codeflow knows" : parts.join("; ");
}

function some(names: readonly string[]): string {
  const more = names.length - maxNames;
  return names.slice(0, maxNames).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

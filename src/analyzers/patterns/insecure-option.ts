/** Says where switching verification off is the user's own choice: an option of that name decides it. */
import type { Rule } from "@ast-grep/napi";

const names = String.raw`(?i)insecure|unsafe.?(?:tls|ssl|cert)|accept.?(?:invalid|self|untrusted|any|all)|verify.?none|\bforce|skip.?(?:tls|ssl|cert|verif)|allow.?(?:invalid|self|untrusted|u\w*known)|no.?(?:cert\w*.?)?(?:check|verif|validat)|verify.?(?:ssl|tls|cert|peer)|ignore.?(?:ssl|tls|cert)|self.?signed|trust.?all`;

/** Inside a branch, or a function, that is named after the option; node kinds are the language's own. */
export function chosenByOption(kinds: {
  /** Statements whose field `condition` is asked. */
  readonly branches: readonly string[];
  /** Declarations whose field `name` is asked. */
  readonly functions: readonly string[];
  /** Nodes whose whole text is asked, such as the arm of a match. */
  readonly others?: readonly string[];
}): Rule {
  return {
    inside: {
      stopBy: "end",
      any: [
        ...kinds.branches.map((kind) => ({ kind, has: { field: "condition", regex: names } })),
        ...kinds.functions.map((kind) => ({ kind, has: { field: "name", regex: names } })),
        ...(kinds.others ?? []).map((kind) => ({ kind, regex: names })),
      ],
    },
  };
}

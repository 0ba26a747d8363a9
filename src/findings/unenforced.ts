/** Tells one slip from a habit: what a repository does everywhere, nobody there holds against it. */
import type { Config } from "../model/config.ts";
import type { RuleDefinition } from "../model/rule.ts";
import type { Draft } from "./draft.ts";

/** Engines of ours that stand in for the repository's own tool and follow its configuration, not its version. */
const standIns = new Set(["markdown", "oxlint", "ruff"]);
/** This many findings that only the configuration asks for: the tool itself is not run, or is an older one. */
const heldUpTo = 5;
/** A name undefined in this many files is given to them by what loads them. */
const injectedFrom = 3;
/** Focused tests in this many files are the inputs of a test runner's own tests. */
const focusedFrom = 5;

export interface Habits {
  /** Why a finding is left out, if it is. */
  reasonFor(draft: Draft): string | undefined;
}

/** Judged by the head alone, and valid for both sides: a threshold that is crossed makes nothing new or fixed. */
export function findHabits(
  head: readonly Draft[],
  definitions: ReadonlyMap<string, RuleDefinition>,
  rules: Config["rules"],
): Habits {
  const asked = (draft: Draft): boolean =>
    standIns.has(draft.analyzer) && !definitions.has(draft.rule) && !Object.hasOwn(rules, draft.rule);
  const counts = new Map<string, number>();
  const files = new Map<string, Set<string>>();
  for (const draft of head) {
    if (draft.suppressed !== undefined) continue;
    if (asked(draft)) counts.set(draft.analyzer, (counts.get(draft.analyzer) ?? 0) + 1);
    const habit = habitOf(draft);
    if (habit !== undefined) files.set(habit, (files.get(habit) ?? new Set()).add(draft.location.path));
  }
  return {
    reasonFor: (draft) => {
      const count = counts.get(draft.analyzer) ?? 0;
      if (count > heldUpTo && asked(draft)) {
        return `the configuration asks for it, and ${count} findings like it show that nothing holds the repository to it`;
      }
      const habit = habitOf(draft);
      const places = habit === undefined ? 0 : (files.get(habit)?.size ?? 0);
      if (habit === focusedTests) return places < focusedFrom ? undefined : "so many files are inputs of a test runner";
      return places < injectedFrom ? undefined : "the same name in many files is given to them by what loads them";
    },
  };
}

const focusedTests = "focused tests";

function habitOf({ rule, message }: Draft): string | undefined {
  if (rule === "ruff/F821") return message;
  return rule === "debugging/js-focused-test" || rule === "oxlint/jest/no-focused-tests" ? focusedTests : undefined;
}

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
/** A rule about mistakes that is broken in this many places of code that works is a way to write. */
const mistakesFrom = 6;
/** Mistakes that stay what they are however many there are: judged by hand over many repositories. */
const alwaysMistakes =
  /^(?:oxlint\/(?:no-unused-|no-dupe|no-const-assign|valid-typeof|react\/(?:jsx-key|rules-of-hooks)|unicorn\/no-invalid-remove|syntax|TS\/)|ruff\/(?:F401|F811|F841|F5\d\d|F601|F901|RUF006|PIE794|PLW0129)|patterns\/go-defer|markdown\/MD051)/;
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
  const mistakes = new Map<string, { places: number; readonly files: Set<string> }>();
  for (const draft of head) {
    if (draft.suppressed !== undefined) continue;
    if (asked(draft)) counts.set(draft.analyzer, (counts.get(draft.analyzer) ?? 0) + 1);
    if (isMistake(draft, rules)) {
      const seen = mistakes.get(draft.rule) ?? { places: 0, files: new Set<string>() };
      seen.places++;
      mistakes.set(draft.rule, { places: seen.places, files: seen.files.add(draft.location.path) });
    }
    const habit = habitOf(draft);
    if (habit !== undefined) files.set(habit, (files.get(habit) ?? new Set()).add(draft.location.path));
  }
  return {
    reasonFor: (draft) => {
      const count = counts.get(draft.analyzer) ?? 0;
      if (count > heldUpTo && asked(draft)) {
        return `the configuration asks for it, and ${count} findings like it show that nothing holds the repository to it`;
      }
      const seen = isMistake(draft, rules) ? mistakes.get(draft.rule) : undefined;
      if (seen !== undefined && seen.places >= mistakesFrom) {
        return `${seen.places} places in ${seen.files.size} ${seen.files.size === 1 ? "file" : "files"} do the same: here it is a way to write`;
      }
      const habit = habitOf(draft);
      const places = habit === undefined ? 0 : (files.get(habit)?.size ?? 0);
      if (habit !== undefined && foundTogether.has(habit)) {
        return places < togetherFrom ? undefined : `${places} files like it: ${foundTogether.get(habit) ?? ""}`;
      }
      if (habit === focusedTests) return places < focusedFrom ? undefined : "so many files are inputs of a test runner";
      return places < injectedFrom ? undefined : "the same name in many files is given to them by what loads them";
    },
  };
}

/** Errors never: the gate rests on each of them. */
function isMistake({ analyzer, rule, category, severity, suppressed }: Draft, rules: Config["rules"]): boolean {
  return (
    suppressed === undefined &&
    severity !== "error" &&
    (category === "correctness" || category === "test") &&
    (standIns.has(analyzer) ||
      analyzer === "patterns" ||
      analyzer === "shell" ||
      rule === "syntax/json-trailing-comma") &&
    !alwaysMistakes.test(rule) &&
    !Object.hasOwn(rules, rule)
  );
}

/** What is there in so many files is there on purpose. */
const togetherFrom = 3;
const foundTogether: ReadonlyMap<string, string> = new Map([
  ["paths/not-portable", "nobody checks this out on Windows"],
]);

const focusedTests = "focused tests";

function habitOf({ rule, message }: Draft): string | undefined {
  if (rule === "ruff/F821") return message;
  if (foundTogether.has(rule)) return rule;
  return rule === "debugging/js-focused-test" || rule === "oxlint/jest/no-focused-tests" ? focusedTests : undefined;
}

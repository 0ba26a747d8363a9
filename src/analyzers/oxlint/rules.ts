/** What oxlint looks for where the repository does not configure it: only what is probably a bug. */
import type { Category, Severity } from "../../model/finding.ts";
import type { RuleDefinition } from "../../model/rule.ts";

type Row = readonly [rule: string, severity: Severity, summary: string, category?: Category];

/**
 * Chosen by reading what each correctness rule said about real repositories. `error` only where the code cannot do what
 * it says. Left out on purpose: rules that report idioms (`no-async-promise-executor`, `no-case-declarations`, `no-func-assign`, `no-unassigned-vars`, `no-empty-pattern`,
 * `no-template-curly-in-string`, `no-multiple-resolved`, `double-comparisons`, `no-single-promise-in-promise-methods`, `getter-return`, `bad-bitwise-operator`, `no-array-fill-with-reference-type`, `no-thenable`, `no-unused-labels`, `erasing-op`, `no-misused-new`, `valid-expect-in-promise`, `no-unsafe-declaration-merging`), rules
 * that need other modules (`import/*`), and everything that is a matter of taste.
 */
const rows: readonly Row[] = [
  ["constructor-super", "error", "The constructor of a derived class does not call `super()`."],
  ["for-direction", "error", "The loop's counter moves away from its limit."],
  ["no-class-assign", "warning", "A class declaration is overwritten."],
  ["no-compare-neg-zero", "error", "A comparison with -0 is also true for +0."],
  ["no-cond-assign", "warning", "A condition assigns where it probably means to compare."],
  ["no-const-assign", "error", "A constant is assigned to, which throws."],
  ["no-constant-binary-expression", "warning", "An operator's outcome is the same whatever the values."],
  ["no-delete-var", "warning", "`delete` is applied to a variable."],
  ["no-dupe-class-members", "error", "A class member silently replaces another of the same name."],
  ["no-dupe-else-if", "error", "A branch can never run: its condition was already tested."],
  ["no-dupe-keys", "error", "A key appears twice in an object literal: the first value is lost."],
  ["no-duplicate-case", "error", "A case label appears twice: the second can never run."],
  ["no-empty-character-class", "warning", "A regular expression holds `[]`, which matches nothing."],
  ["no-ex-assign", "warning", "A caught error is overwritten."],
  ["no-global-assign", "error", "A read-only global is overwritten."],
  ["no-import-assign", "error", "An import is assigned to, which throws."],
  ["no-invalid-regexp", "error", "A regular expression does not compile."],
  ["no-misleading-character-class", "warning", "A character class splits a character made of several code points."],
  ["no-new-native-nonconstructor", "error", "`new` is applied to `Symbol` or `BigInt`, which throws."],
  ["no-nonoctal-decimal-escape", "warning", "A string holds `\\8` or `\\9`, which is not an escape."],
  ["no-obj-calls", "error", "A namespace object such as `Math` or `JSON` is called, which throws."],
  ["no-self-assign", "warning", "A value is assigned to itself."],
  ["no-self-compare", "warning", "A value is compared with itself."],
  ["no-sparse-arrays", "warning", "An array literal has a hole, probably one comma too many."],
  ["no-this-before-super", "error", "`this` is used before `super()`, which throws."],
  ["no-unreachable", "warning", "Code after a return, throw, break or continue never runs."],
  ["no-unsafe-finally", "warning", "Leaving a `finally` block this way swallows errors and other return values."],
  ["no-unsafe-negation", "error", "A negation applies to the left operand alone, not to `in` or `instanceof`."],
  ["no-unsafe-optional-chaining", "warning", "A chain that may give undefined is used where that throws."],
  ["no-unused-private-class-members", "warning", "A private member is never used.", "maintainability"],
  ["no-unused-vars", "info", "A variable, function or import is never used.", "maintainability"],
  ["no-useless-backreference", "warning", "A back-reference in a regular expression can never match text."],
  ["use-isnan", "error", "A comparison with NaN is always false (or true)."],
  ["valid-typeof", "error", "`typeof` is compared with something that it never gives."],
  ["oxc/bad-array-method-on-arguments", "error", "`arguments` is no array and lacks this method."],
  ["oxc/bad-char-at-comparison", "error", "`charAt()` is compared with a string that is not one character long."],
  ["oxc/bad-comparison-sequence", "error", "A chain `a < b < c` compares a boolean."],
  ["oxc/bad-match-all-arg", "error", "`matchAll()` with a regular expression without `g` throws."],
  ["oxc/bad-min-max-func", "error", "The clamp's bounds are swapped: it always gives the same value."],
  ["oxc/bad-object-literal-comparison", "error", "A comparison with a fresh object or array is always false."],
  ["oxc/bad-replace-all-arg", "error", "`replaceAll()` with a regular expression without `g` throws."],
  ["oxc/const-comparisons", "warning", "Comparisons contradict or repeat each other."],
  ["oxc/misrefactored-assign-op", "warning", "A compound assignment repeats its own target."],
  ["oxc/missing-throw", "error", "An error is created but not thrown."],
  ["oxc/number-arg-out-of-range", "error", "A number formatting argument is out of range, which throws."],
  ["oxc/uninvoked-array-callback", "error", "A callback over an array of holes never runs."],
  ["typescript/no-duplicate-enum-values", "warning", "Two members of an enum have the same value."],
  ["unicorn/no-accessor-recursion", "error", "An accessor calls itself without end."],
  ["unicorn/no-await-in-promise-methods", "warning", "Values are awaited one by one inside `Promise.all` or the like."],
  ["unicorn/no-invalid-fetch-options", "error", "`fetch` with a body and GET or HEAD throws."],
  [
    "unicorn/no-invalid-remove-event-listener",
    "error",
    "The listener to remove is a new function: nothing is removed.",
  ],
  [
    "unicorn/no-negation-in-equality-check",
    "error",
    "The negation applies to the left operand, not to the comparison.",
  ],
  ["react/jsx-key", "warning", "An element of a list has no `key`."],
  ["react/jsx-no-comment-textnodes", "warning", "A comment is written as text and will be shown."],
  ["react/jsx-no-duplicate-props", "error", "A property is given twice: the first is lost."],
  ["react/no-danger-with-children", "error", "Children and `dangerouslySetInnerHTML` together throw."],
  ["react/no-direct-mutation-state", "error", "State is changed in place, which React does not see."],
  ["react/rules-of-hooks", "error", "A hook is called conditionally, in a loop, or outside a component."],
  ["react/void-dom-elements-no-children", "error", "An element such as `<br>` is given children, which throws."],
  ["jest/no-focused-tests", "error", "A focused test (`it.only`) keeps all other tests from running.", "test"],
  ["promise/no-new-statics", "error", "`new` is applied to a static method of Promise, which throws."],
  ["node/no-exports-assign", "warning", "Assigning to `exports` alone exports nothing."],
  ["node/no-new-require", "warning", "`new require(...)` constructs the require function's result in the wrong order."],
];

/** Plugins that the rows need; naming them turns nothing on by itself because every category is off. */
const plugins = ["eslint", "oxc", "typescript", "unicorn", "react", "jest", "promise", "node"];

/**
 * Parameters and caught errors are part of a signature; rest siblings are how properties are left out; `React` and `h`
 * are used by JSX transforms that oxlint cannot know of.
 */
const ruleOptions: Readonly<Record<string, unknown>> = {
  "no-unused-vars": {
    args: "none",
    caughtErrors: "none",
    ignoreRestSiblings: true,
    varsIgnorePattern: "^(_|React$|h$)",
  },
  // `link.href = link.href` has an effect.
  "no-self-assign": { props: false },
};

export const syntaxRule = "oxlint/syntax";

export const oxlintRules: readonly RuleDefinition[] = [
  {
    id: syntaxRule,
    summary: "The file cannot be parsed.",
    category: "correctness",
    severity: "error",
    recommended: true,
    rationale:
      "A file that does not parse cannot run. Files that are no plain JavaScript or TypeScript (Flow, templates, test fixtures) are not reported.",
  },
  ...rows.map(([rule, severity, summary, category]): RuleDefinition => ({
    id: `oxlint/${rule}`,
    summary,
    category: category ?? "correctness",
    severity,
    recommended: true,
    helpUrl: `https://oxc.rs/docs/guide/usage/linter/rules/${rule.includes("/") ? rule : `eslint/${rule}`}.html`,
  })),
];

/** As the engine names a rule of ours: `oxlint/no-eval` is `eslint/no-eval` to it. */
export function engineName(rule: string): string {
  const name = rule.slice("oxlint/".length);
  return name.includes("/") ? name : `eslint/${name}`;
}

/** The configuration for files below which no `.oxlintrc.json` lies. */
export function defaultConfig(isRuleOn: (rule: string) => boolean): Record<string, unknown> {
  const rules: Record<string, unknown> = {};
  for (const [rule, severity] of rows) {
    if (!isRuleOn(`oxlint/${rule}`)) continue;
    const level = severity === "error" ? "error" : "warn";
    const options = ruleOptions[rule];
    const name = rule.includes("/") ? rule : `eslint/${rule}`;
    rules[name] = options === undefined ? level : [level, options];
  }
  return {
    plugins,
    categories: { correctness: "off" },
    rules,
    env: { builtin: true, browser: true, node: true, es2026: true },
  };
}

/** Every complaint about a workflow file: permanent codes with what they mean; the reference is made of this table. */

interface CodeFacts {
  /** What is wrong, one sentence. */
  readonly summary: string;
  /** What to do. */
  readonly remedy: string;
}

/** Sorted. A code never changes its meaning. */
export const diagnosticCodes = {
  "concurrency-deadlock": {
    summary: "A called workflow is in the concurrency group of its caller, and would wait for it without end.",
    remedy: "Give the group of one of them another name.",
  },
  "context-not-here": {
    summary: "A context is used where it has no value.",
    remedy:
      "`item` and `index` live inside `foreach`, `steps` inside steps and `outputs`, `secrets` not in conditions of triggers.",
  },
  "duplicate-id": { summary: "Two steps have the same id.", remedy: "Rename one; ids are unique in the whole file." },
  "duplicate-key": { summary: "A key is written twice in one map.", remedy: "Remove one." },
  "empty-file": {
    summary: "There is nothing in the file.",
    remedy: "`codeflow workflows new NAME` writes a first one.",
  },
  "expression-arguments": {
    summary: "A function is given too few or too many arguments.",
    remedy: "See the list of functions.",
  },
  "expression-failed": {
    summary: "An expression that is needed before anything runs cannot be evaluated.",
    remedy: "Look at what the message says of its values.",
  },
  "expression-syntax": {
    summary: "An expression cannot be read.",
    remedy: "Texts go in single quotes, comparisons are `==`, and `}}` closes.",
  },
  "file-too-large": {
    summary: "The file is larger than 4 million characters.",
    remedy: "Split it into workflows that call each other.",
  },
  "filter-conflict": {
    summary: "A filter and its `-ignore` twin are both there.",
    remedy: "Use one, with `!pattern` for exceptions.",
  },
  "filter-not-for-event": {
    summary: "The event has nothing that this filter could look at.",
    remedy: "Remove it, or filter with `if`.",
  },
  "input-given-wrong": {
    summary: "An input was given a value that does not fit it.",
    remedy: "Give one of its type or options.",
  },
  "input-missing": { summary: "A required input was not given.", remedy: "Give it, or declare a default." },
  "input-unknown": {
    summary: "An input was given that the workflow does not declare.",
    remedy: "Declare it under `inputs`, or leave it out.",
  },
  "invalid-cron": {
    summary: "A schedule is no cron expression of five fields.",
    remedy: "Minute, hour, day of month, month, day of week: `30 4 * * 1-5`.",
  },
  "invalid-glob": {
    summary: "A glob can match nothing or cannot be read.",
    remedy: "Close brackets, and put a positive pattern before `!` ones.",
  },
  "invalid-id": {
    summary: "A name has characters that expressions could not say.",
    remedy: "Letters, digits, `_` and `-`, beginning with a letter or `_`.",
  },
  "invalid-value": {
    summary: "A value is not among those that are possible here.",
    remedy: "Use one of those that the message lists.",
  },
  "misplaced-key": {
    summary: "A key belongs to another kind of step.",
    remedy: "`with` goes with `uses` and `workflow`; `shell` and `working-directory` with `run`.",
  },
  "missing-key": { summary: "Something required is missing.", remedy: "Add it." },
  "mixed-condition": {
    summary: "A condition has text around its expression and would always be true.",
    remedy: "Write all of it as one expression.",
  },
  "needs-cycle": { summary: "Steps wait for each other.", remedy: "Break the circle." },
  "plan-too-large": {
    summary: "Workflows that call each other come to more than 100,000 steps.",
    remedy: "Use foreach, or call fewer.",
  },
  "port-not-configured": {
    summary: "A step asks for something that is not configured here.",
    remedy: "Configure it, or run where it is.",
  },
  "step-not-before": {
    summary: "An expression reads a step that has not run by then.",
    remedy: "Add it to `needs`, or move the step up.",
  },
  "step-with-two-works": {
    summary: "A step has more than one of `uses`, `run`, `parallel` and `workflow`.",
    remedy: "Split it.",
  },
  "step-without-work": {
    summary: "A step has none of `uses`, `run`, `parallel` and `workflow`.",
    remedy: "Give it one.",
  },
  "undeclared-input": {
    summary: "An expression reads an input that is not declared.",
    remedy: "Declare it under `inputs`.",
  },
  "undeclared-secret": {
    summary: "An expression reads a secret that is not declared.",
    remedy: "List it under `secrets`.",
  },
  "unknown-action": { summary: "There is no such action.", remedy: "`codeflow actions` lists them." },
  "unknown-command": { summary: "There is no such slash command.", remedy: "See the list of commands." },
  "unknown-context": {
    summary: "An expression names a context that does not exist.",
    remedy: "`env`, `event`, `inputs`, `repo`, `run`, `secrets`, `steps`; `item` and `index` inside `foreach`.",
  },
  "unknown-event": { summary: "There is no such event.", remedy: "Use one of the list." },
  "unknown-event-type": { summary: "The event has no such type.", remedy: "Use one of the list." },
  "unknown-function": {
    summary: "An expression calls a function that does not exist.",
    remedy: "See the list of functions.",
  },
  "unknown-key": { summary: "The key means nothing here.", remedy: "Remove it, or write it as meant." },
  "unknown-need": { summary: "`needs` names no step of the same list.", remedy: "Name a step beside this one." },
  "unknown-output": {
    summary: "The step's action has no such output.",
    remedy: "`codeflow actions show ID` lists them.",
  },
  "unknown-step": { summary: "An expression reads a step that does not exist.", remedy: "Use a step's `id`." },
  "unknown-workflow": { summary: "There is no workflow of this name.", remedy: "`codeflow workflows` lists them." },
  "unreachable-step": { summary: "A step can never run.", remedy: "Remove it, or mend its condition." },
  "unsafe-interpolation": {
    summary: "Text from outside becomes part of a shell script.",
    remedy: 'Hand it over in `env` and write `"$NAME"`.',
  },
  "workflow-cycle": { summary: "Workflows call each other without end.", remedy: "Break the circle." },
  "workflow-too-deep": { summary: "Workflows call workflows more than 5 levels deep.", remedy: "Flatten them." },
  "wrong-input": {
    summary: "An action's input is missing, unknown or of the wrong type.",
    remedy: "`codeflow actions show ID` lists its inputs.",
  },
  "wrong-type": { summary: "A value is of another type than it must be.", remedy: "Write what the message expects." },
  "yaml-aliases": { summary: "Aliases expand without end.", remedy: "Use fewer." },
  "yaml-syntax": { summary: "The file is no YAML.", remedy: "Mend the first one; others often follow from it." },
  "yaml-too-deep": { summary: "The file is nested too deeply.", remedy: "Flatten it." },
  "yaml-warning": { summary: "The YAML parser has a doubt.", remedy: "Write it plainly." },
} as const satisfies Record<string, CodeFacts>;

export type DiagnosticCode = keyof typeof diagnosticCodes;

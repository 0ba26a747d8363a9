/** What action.yml hands over, checked: every mistake is told with the input's name. */
import { profiles, type Profile } from "../model/analyzer.ts";
import { Failure } from "../model/failure.ts";
import { reportFormats } from "../model/report.ts";

export const modes = ["check", "collect", "publish"] as const;
export type Mode = (typeof modes)[number];

const failures = ["any", "failed", "never"] as const;

export interface ActionInputs {
  readonly mode: Mode;
  /** A workflow to run instead of the check. */
  readonly workflow: string | undefined;
  readonly token: string | undefined;
  readonly config: string | undefined;
  readonly profile: Profile | undefined;
  readonly gate: readonly string[];
  /** Branch or commit to compare with, instead of what the event says. */
  readonly base: string | undefined;
  readonly comment: boolean;
  readonly annotations: boolean;
  /** Name of the check run; undefined: none. */
  readonly checkName: string | undefined;
  readonly sarifFile: string | undefined;
  /** Whether to upload the findings to code scanning. */
  readonly codeScanning: boolean;
  readonly reports: readonly { readonly format: string; readonly path: string }[];
  /** Which verdicts end the step in red: failed and incomplete, failed alone, none. */
  readonly failOn: (typeof failures)[number];
  /** Never run the repository's own tools. */
  readonly noExec: boolean;
  /** Folder that `collect` writes and `publish` reads. */
  readonly collected: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Composite actions have no INPUT_ variables of their own: action.yml sets them, with names that every shell keeps. */
export function readInputs(env: Env): ActionInputs {
  const text = (name: string): string | undefined => {
    const value = env[`INPUT_${name.toUpperCase().replaceAll("-", "_")}`]?.trim();
    return value === undefined || value === "" ? undefined : value;
  };
  const isOn = (name: string, otherwise: boolean): boolean => {
    const value = text(name);
    if (value === undefined) return otherwise;
    // The words that YAML 1.2 has for it, as the toolkit takes them.
    if (/^(?:true|True|TRUE)$/.test(value)) return true;
    if (/^(?:false|False|FALSE)$/.test(value)) return false;
    throw wrong(name, value, "it is true or false");
  };
  const oneOf = <Word extends string>(name: string, words: readonly Word[], otherwise: Word): Word => {
    const value = text(name);
    if (value === undefined) return otherwise;
    const word = words.find((each) => each === value);
    if (word === undefined) throw wrong(name, value, `it is one of ${words.join(", ")}`);
    return word;
  };
  const lines = (name: string): string[] =>
    (text(name) ?? "")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  const checkable = profiles.filter((profile) => profile !== "ai");
  const profile = text("profile") === undefined ? undefined : oneOf("profile", checkable, "smart");
  const checkName = env["INPUT_CHECK_NAME"] === undefined ? "CodeFlow" : text("check-name");
  const inputs: ActionInputs = {
    mode: oneOf("command", modes, "check"),
    workflow: text("workflow"),
    token: text("token"),
    config: text("config"),
    profile,
    gate: lines("gate"),
    base: text("base"),
    comment: isOn("comment", true),
    annotations: isOn("annotations", true),
    checkName,
    sarifFile: text("sarif-file"),
    codeScanning: isOn("code-scanning", false),
    reports: lines("reports").map(reportOf),
    failOn: oneOf("fail-on", failures, "any"),
    noExec: isOn("no-exec", false),
    collected: text("collected"),
  };
  if (inputs.workflow !== undefined && inputs.mode !== "check") {
    throw wrong("workflow", inputs.workflow, `the command is ${inputs.mode}, which runs none`);
  }
  // Git would take it for an option.
  if (inputs.base?.startsWith("-") === true) throw wrong("base", inputs.base, "it names a branch, a tag or a commit");
  return inputs;
}

function reportOf(line: string): { format: string; path: string } {
  const at = line.indexOf("=");
  const [format, path] = [line.slice(0, Math.max(at, 0)), line.slice(at + 1)];
  if (!reportFormats.some((each) => each === format) || path === "")
    throw wrong("reports", line, "each line is FORMAT=PATH");
  return { format, path };
}

function wrong(name: string, value: string, why: string): Failure {
  return new Failure("CF550", `the input ${name} cannot be ${JSON.stringify(value)}`, { why });
}

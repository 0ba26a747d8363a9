/** dockerfile-utils' validation and our own rules on one Dockerfile. */
// Static on purpose: in the bundle a dynamic import of a CommonJS package has no named exports. This file is lazy.
import { DockerfileParser } from "dockerfile-ast";
import type { Copy, Env, From, Instruction } from "dockerfile-ast";
import { ValidationCode, ValidationSeverity, validate } from "dockerfile-utils";
import type { RawFinding, Severity } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";

type Range = ReturnType<Instruction["getRange"]>;
type Report = (rule: string, start: number, end: number, message: string, severity?: Severity) => void;

/** Newer builders know more flags, and arguments without a default may be given at build time. */
const ignoredCodes = new Set<number | string | undefined>([
  ValidationCode.UNKNOWN_ADD_FLAG,
  ValidationCode.UNKNOWN_COPY_FLAG,
  ValidationCode.UNKNOWN_FROM_FLAG,
  ValidationCode.UNKNOWN_HEALTHCHECK_FLAG,
  ValidationCode.BASE_NAME_EMPTY,
  ValidationCode.FLAG_INVALID_FROM_VALUE,
]);

const ruleOfCode = new Map<number | string | undefined, string>([
  [ValidationCode.MULTIPLE_INSTRUCTIONS, "duplicate-instruction"],
  [ValidationCode.JSON_IN_SINGLE_QUOTES, "json-in-single-quotes"],
]);

export function checkDockerfile(source: SourceFile): RawFinding[] {
  const findings: RawFinding[] = [];
  const diagnostics = validate(source.text, {
    deprecatedMaintainer: ValidationSeverity.IGNORE,
    directiveCasing: ValidationSeverity.IGNORE,
    emptyContinuationLine: ValidationSeverity.IGNORE,
    instructionCasing: ValidationSeverity.IGNORE,
    instructionCmdMultiple: ValidationSeverity.WARNING,
    instructionEntrypointMultiple: ValidationSeverity.WARNING,
    instructionHealthcheckMultiple: ValidationSeverity.WARNING,
    instructionJSONInSingleQuotes: ValidationSeverity.WARNING,
    instructionWorkdirRelative: ValidationSeverity.IGNORE,
  });
  for (const diagnostic of diagnostics) {
    if (ignoredCodes.has(diagnostic.code)) continue;
    const [start, end] = offsets(source, diagnostic.range);
    // `COPY a b .`: the working directory is a directory.
    if (diagnostic.code === ValidationCode.INVALID_DESTINATION && /\s\.{1,2}["\]\s]*$/.test(source.text.slice(0, end)))
      continue;
    const message = typeof diagnostic.message === "string" ? diagnostic.message : diagnostic.message.value;
    findings.push({
      rule: `dockerfile/${ruleOfCode.get(diagnostic.code) ?? "invalid"}`,
      message: /[.!?]$/.test(message) ? message : `${message}.`,
      location: source.location(start, end),
    });
  }
  const report: Report = (rule, start, end, message, severity) => {
    findings.push({
      rule: `dockerfile/${rule}`,
      message,
      location: source.location(start, end),
      ...(severity === undefined ? {} : { severity }),
    });
  };
  checkInstructions(source, DockerfileParser.parse(source.text).getInstructions(), report);
  return findings;
}

function offsets(source: SourceFile, range: Range): [start: number, end: number] {
  return [
    source.offset(range.start.line + 1, range.start.character + 1),
    source.offset(range.end.line + 1, range.end.character + 1),
  ];
}

function checkInstructions(source: SourceFile, instructions: readonly Instruction[], report: Report): void {
  /** Names of the stages so far, in order. */
  const stages: string[] = [];
  let user: Instruction | undefined;
  let lastFrom: Instruction | undefined;
  for (const instruction of instructions) {
    switch (instruction.getKeyword()) {
      case "FROM":
        checkFrom(source, instruction as From, stages, report);
        stages.push((instruction as From).getBuildStage()?.toLowerCase() ?? "");
        lastFrom = instruction;
        user = undefined;
        break;
      case "USER":
        user = instruction;
        break;
      case "COPY":
        checkCopyFrom(source, instruction as Copy, stages, report);
        checkPrivateKey(source, instruction, report);
        break;
      case "ADD":
        checkPrivateKey(source, instruction, report);
        break;
      case "ENV":
      case "ARG":
        checkSecrets(source, instruction as Env, report);
        break;
      case "RUN":
        checkRun(source, instruction, report);
        break;
      default:
        break;
    }
  }
  const name = user?.getArguments()[0]?.getValue();
  if (lastFrom !== undefined && (name === undefined || /^(?:root|0)(?::|$)/.test(name))) {
    const [start, end] = offsets(source, (user ?? lastFrom).getRange());
    report("root-user", start, end, "The container runs as root unless told otherwise. Add `USER`.");
  }
}

function checkFrom(source: SourceFile, from: From, stages: readonly string[], report: Report): void {
  const image = from.getImage();
  const range = from.getImageRange();
  if (image === null || range === null || image.includes("$") || image === "scratch") return;
  if (stages.includes(image.toLowerCase()) || from.getImageDigest() !== null) return;
  const tag = from.getImageTag();
  if (tag !== null && tag !== "latest") return;
  const [start, end] = offsets(source, range);
  report("latest-tag", start, end, `\`${image}\` changes by itself. Name a version.`);
}

function checkCopyFrom(source: SourceFile, copy: Copy, stages: readonly string[], report: Report): void {
  const flag = copy.getFromFlag();
  const value = flag?.getValue();
  const range = flag?.getValueRange();
  if (value === undefined || value === null || range === undefined || range === null || value.includes("$")) return;
  const [start, end] = offsets(source, range);
  // The stage that is being built is the last in the list and cannot be copied from.
  const earlier = stages.slice(0, -1);
  if (/^\d+$/.test(value)) {
    if (Number(value) >= earlier.length) report("unknown-stage", start, end, `There is no earlier stage ${value}.`);
    return;
  }
  const name = value.toLowerCase();
  if (earlier.includes(name) || /[/:.@]/.test(value)) return;
  // Any other name may be an image; one that looks like a stage's name is a slip.
  const meant = earlier.find((stage) => stage.length > 3 && isOneEditApart(stage, name));
  if (meant !== undefined)
    report("unknown-stage", start, end, `There is no stage \`${value}\`. Is \`${meant}\` meant?`);
}

/** One character added, lost, or exchanged, or two neighbours swapped. */
function isOneEditApart(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let i = 0;
  while (i < short.length && short[i] === long[i]) i++;
  if (long.length > short.length) return short.slice(i) === long.slice(i + 1);
  const isSwap = short[i] === long[i + 1] && short[i + 1] === long[i] && short.slice(i + 2) === long.slice(i + 2);
  return isSwap || short.slice(i + 1) === long.slice(i + 1);
}

function checkPrivateKey(source: SourceFile, instruction: Instruction, report: Report): void {
  for (const argument of instruction.getArguments().slice(0, -1)) {
    if (!/(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.ssh\/?)$/.test(argument.getValue())) continue;
    const [start, end] = offsets(source, argument.getRange());
    report("copied-private-key", start, end, "The private key stays in the image. Use `RUN --mount=type=ssh`.");
  }
}

const secretName = /(?:^|_)(?:PASSWORD|PASSWD|SECRET|SECRET_KEY|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|AUTH_TOKEN)$/i;
const harmlessValue =
  /^$|^["']?(?:dummy|change_?me|placeholder|latest|example|test|testing|none|null|true|false|secret|password|xxx+|\*+|<.*>|\d{1,6}|your[\w-]*|(?:build|fake|not|insecure|temp|ci|dev)[\w-]*)["']?$/i;

function checkSecrets(source: SourceFile, instruction: Env, report: Report): void {
  for (const property of instruction.getProperties()) {
    const value = property.getValue();
    if (!secretName.test(property.getName()) || value === null || harmlessValue.test(value)) continue;
    const [start, end] = offsets(source, property.getNameRange());
    const isEnv = instruction.getKeyword() === "ENV";
    // `ENV TOKEN=$TOKEN` stores the build argument; an argument that refers to another stores nothing itself.
    if (value.includes("$") && !isEnv) continue;
    if (/\$\{?\w+:-/.test(value) || /^["']?(?:no|none|false|null|0|-)?["']?$/i.test(value)) continue;
    report(
      "secret-in-image",
      start,
      end,
      `\`${property.getName()}\` is stored in the image, readable for everybody who can pull it.`,
    );
  }
}

function checkRun(source: SourceFile, run: Instruction, report: Report): void {
  const range = run.getArgumentsRange();
  if (range === null) return;
  const [start, end] = offsets(source, range);
  const script = withoutComments(source.text.slice(start, end));
  if (script.trimStart().startsWith("[")) return;
  const at = (match: RegExpMatchArray, group = 0): [number, number] => {
    const from = start + (match.index ?? 0) + match[0].indexOf(match[group] ?? "");
    return [from, from + (match[group] ?? "").trimEnd().length];
  };
  const flags = /^(?:--\w+=\S+\s+)+/.exec(script)?.[0].length ?? 0;
  const body = script.slice(flags);
  const alone = /^\s*(cd|export|source|\.)\s+[^;&|\n<]+$/.exec(body);
  if (alone !== null) {
    const command = alone[1] ?? "";
    const instead = command === "cd" ? "Use `WORKDIR`." : command === "export" ? "Use `ENV`." : "";
    report("lost-effect", start + flags, end, `\`${command}\` has no effect after this \`RUN\`. ${instead}`.trimEnd());
  }
  if (/^\s*(?:sudo\s+)?apt-get\s+(?:-\S+\s+)*update\s*(?:-\S+\s*)*$/.test(body)) {
    report(
      "apt-get-update-alone",
      start + flags,
      end,
      "This layer is reused while what is installed changes. Join it with the `apt-get install`.",
    );
  }
  for (const match of script.matchAll(
    /(?:^|[;&|({]|\bsudo\s|\bthen\s|\bdo\s|\bDEBIAN_FRONTEND=\S+\s)\s*(apt-get\s+[^;&|\n]*?\binstall\b[^;&|]*)/g,
  )) {
    const command = match[1] ?? "";
    if (
      /\s(?:-[a-z]*[yq]{1,2}[a-z]*|--yes|--assume-yes|--force-yes|-s|--simulate|--dry-run|--download-only|--print-uris)(?:\s|=|$)|\$/.test(
        command,
      )
    )
      continue;
    const [from] = at(match, 1);
    // `yes | apt-get install`
    if (/\byes\s*\|\s*(?:sudo\s*)?$/.test(script.slice(0, from - start))) continue;
    report(
      "apt-get-asks",
      from,
      from + (/^apt-get\s+(?:-\S+\s+)*install/.exec(command)?.[0].length ?? 7),
      "`apt-get install` asks and the build ends. Add `-y`.",
    );
  }
  for (const match of script.matchAll(
    /\b(?:curl|wget)\s[^;&|\n]*?(?:\bhttp:\/\/(?!localhost\b|127\.|\[::1\])[^\s"'|;&]+|(?<=\s)(?:-[a-zA-Z]*k[a-zA-Z]*|--insecure|--no-check-certificate)(?=\s))[^;&|\n]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:ba|da|z|k)?sh\b/g,
  )) {
    const [from, to] = at(match);
    report("insecure-download", from, to, "What is fetched here unverified is run at once.");
  }
}

/** Comments and continued lines as spaces, so that offsets stay. */
function withoutComments(text: string): string {
  return text
    .replaceAll(/^[ \t]*#[^\n]*/gm, (comment) => " ".repeat(comment.length))
    .replaceAll(/[\\`][ \t]*(\r?\n)/g, (continuation) => " ".repeat(continuation.length));
}

/** Applies `codeflow-ignore` directives and the configuration's `ignore` entries, and says what is wrong with them. */
import type { IgnoreEntry } from "../model/config.ts";
import type { IdentifiedFinding, Suppression } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";
import { agreementAfter, agreementBefore } from "./context.ts";
import type { Directive } from "./directives.ts";
import { createPathMatcher, createRuleMatcher } from "./globs.ts";
import { identify } from "./identity.ts";
import { matchFindings, type MatchOptions } from "./match.ts";

export { parseDirectives, type Directive } from "./directives.ts";

export const suppressionRules: readonly RuleDefinition[] = [
  {
    id: "codeflow/suppression-unused",
    summary: "A codeflow-ignore comment suppresses nothing.",
    category: "maintainability",
    severity: "warning",
    recommended: true,
    rationale:
      "What it hid is gone, or it names the wrong line or rule. Left in place it would hide the next finding there. Remove it.",
  },
  {
    id: "codeflow/suppression-expired",
    summary: "The date of a codeflow-ignore comment has passed.",
    category: "maintainability",
    severity: "warning",
    recommended: true,
    rationale: "From that day on it no longer suppresses. Fix what it hid, or give a new date and reason.",
  },
  {
    id: "codeflow/suppression-without-reason",
    summary: "A codeflow-ignore comment gives no reason.",
    category: "maintainability",
    severity: "warning",
    recommended: true,
    rationale:
      "Without a reason nobody can tell later whether it still holds, so it does not suppress. Write `codeflow-ignore RULE -- reason`.",
  },
  {
    id: "codeflow/suppression-unknown-rule",
    summary: "A codeflow-ignore comment names a rule that does not exist.",
    category: "maintainability",
    severity: "warning",
    recommended: true,
    rationale: "It suppresses nothing. Rules are named as the report shows them, `analyzer/rule-name`.",
  },
];

export interface SuppressInput {
  readonly findings: readonly IdentifiedFinding[];
  /** By path. */
  readonly directives: ReadonlyMap<string, readonly Directive[]>;
  readonly ignore: readonly IgnoreEntry[];
  /** ISO date (UTC). */
  readonly today: string;
  /** True when at least one rule fits the id or pattern. */
  readonly isKnownRule: (pattern: string) => boolean;
  /** True when findings of the rule (or of any rule of the pattern) would have been seen in that file. */
  readonly wasLookedFor: (pattern: string, path: string) => boolean;
  /** What was suppressed on the base revision, to notice a secret that was swapped on an ignored line. */
  readonly base?: SuppressOutcome & { readonly options: MatchOptions };
}

export interface SuppressOutcome {
  readonly directives: ReadonlyMap<string, readonly Directive[]>;
  readonly suppressed: ReadonlyMap<
    IdentifiedFinding,
    { readonly suppression: Suppression; readonly directive?: Directive }
  >;
  /** Secrets that a directive would hide, had it not been written for another secret. */
  readonly swapped: ReadonlyMap<IdentifiedFinding, Directive>;
  /** Findings about the directives themselves. */
  readonly complaints: readonly IdentifiedFinding[];
}

/** A directive ready to be asked. */
interface Active {
  readonly directive: Directive;
  readonly patterns: readonly {
    readonly pattern: string;
    readonly matches: (rule: string) => boolean;
    isUsed: boolean;
  }[];
}

export function applyDirectives(input: SuppressInput): SuppressOutcome {
  const complaints: IdentifiedFinding[] = [];
  const active = new Map<string, Active[]>();
  for (const [path, directives] of input.directives) {
    for (const directive of directives) {
      const patterns = activate(directive, input, complaints);
      if (patterns === undefined) continue;
      const list = active.get(path);
      if (list === undefined) active.set(path, [{ directive, patterns }]);
      else list.push({ directive, patterns });
    }
  }
  const suppressed = new Map<IdentifiedFinding, { suppression: Suppression; directive?: Directive }>();
  const swapped = new Map<IdentifiedFinding, Directive>();
  const isIgnored = createIgnorer(input.ignore, input.today);
  const isSwapped = createSwapTest(input);
  for (const finding of input.findings) {
    const directive = findDirective(finding, active);
    if (directive !== undefined && !isSwapped(finding, directive)) {
      suppressed.set(finding, { suppression: inline(directive), directive });
      continue;
    }
    if (directive !== undefined) swapped.set(finding, directive);
    const entry = isIgnored(finding);
    if (entry !== undefined) suppressed.set(finding, { suppression: { kind: "config", reason: entry.reason } });
  }
  for (const [path, list] of active) {
    for (const { directive, patterns } of list) {
      for (const { pattern, isUsed } of patterns) {
        // Whether a complaint about a suppression is hidden is known only afterwards.
        if (isUsed || pattern.startsWith("codeflow/") || !input.wasLookedFor(pattern, path)) continue;
        complaints.push(
          complain("suppression-unused", directive, `This suppression of ${pattern} suppresses nothing`, pattern),
        );
      }
    }
  }
  for (const complaint of complaints) {
    // Only by its own name: a `*` that is unused must not hide that it is.
    const directive = findDirective(complaint, active, (pattern) => pattern.startsWith("codeflow/"));
    const entry = directive === undefined ? isIgnored(complaint) : undefined;
    if (directive !== undefined) suppressed.set(complaint, { suppression: inline(directive), directive });
    else if (entry !== undefined) suppressed.set(complaint, { suppression: { kind: "config", reason: entry.reason } });
  }
  return { directives: input.directives, suppressed, swapped, complaints };
}

function inline(directive: Directive): Suppression {
  return { kind: "inline", reason: directive.reason ?? "", location: directive.location };
}

/** Complains about what cannot work, and returns the patterns that can. */
function activate(
  directive: Directive,
  input: Pick<SuppressInput, "today" | "isKnownRule">,
  complaints: IdentifiedFinding[],
): Active["patterns"] | undefined {
  if (directive.rules.length === 0) {
    complaints.push(complain("suppression-unknown-rule", directive, "This suppression names no rule"));
    return undefined;
  }
  const known = directive.rules.filter((pattern) => {
    if (input.isKnownRule(pattern)) return true;
    complaints.push(complain("suppression-unknown-rule", directive, `There is no rule ${pattern}`, pattern));
    return false;
  });
  if (directive.reason === undefined) {
    const message = `This suppression gives no reason and does not count: write ${directive.rules.join(", ")} -- reason`;
    complaints.push(complain("suppression-without-reason", directive, message));
    return undefined;
  }
  if (directive.until !== undefined && !isDate(directive.until)) {
    const message = `This suppression ends on "${directive.until}", which is not a date (YYYY-MM-DD), and does not count`;
    complaints.push(complain("suppression-expired", directive, message));
    return undefined;
  }
  if (directive.until !== undefined && directive.until < input.today) {
    complaints.push(complain("suppression-expired", directive, `This suppression ended on ${directive.until}`));
    return undefined;
  }
  return known.map((pattern) => ({ pattern, matches: createRuleMatcher([pattern]), isUsed: false }));
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

function complain(name: string, directive: Directive, message: string, detail = ""): IdentifiedFinding {
  const { identity } = identify({ rule: "", message: "", location: directive.location, anchor: detail }, undefined);
  return {
    rule: `codeflow/${name}`,
    message,
    location: directive.location,
    // Of a list of rules each complaint is one of its own.
    identity:
      detail === ""
        ? directive.identity
        : { ...directive.identity, text: mixed(directive.identity.text, identity.text) },
  };
}

function mixed(a: string, b: string): string {
  return (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(16).padStart(16, "0");
}

/** The directive that covers the finding; every one that does counts as used. */
function findDirective(
  finding: IdentifiedFinding,
  active: ReadonlyMap<string, readonly Active[]>,
  isMeant: (pattern: string) => boolean = () => true,
): Directive | undefined {
  const list = active.get(finding.location.path);
  if (list === undefined) return undefined;
  let found: Directive | undefined;
  for (const { directive, patterns } of list) {
    const line = finding.location.startLine;
    if (line < directive.firstLine || line > directive.lastLine) continue;
    for (const pattern of patterns) {
      if (!isMeant(pattern.pattern) || !pattern.matches(finding.rule)) continue;
      pattern.isUsed = true;
      // The narrowest one names the reason.
      if (found === undefined || directive.lastLine - directive.firstLine < found.lastLine - found.firstLine) {
        found = directive;
      }
    }
  }
  return found;
}

function createIgnorer(
  ignore: readonly IgnoreEntry[],
  today: string,
): (finding: IdentifiedFinding) => IgnoreEntry | undefined {
  const entries = ignore
    .filter(({ until }) => until === undefined || until >= today)
    .map((entry) => ({
      entry,
      isRule: entry.rule === undefined ? undefined : createRuleMatcher([entry.rule]),
      isPath: entry.paths === undefined ? undefined : createPathMatcher(entry.paths),
    }));
  return (finding) =>
    entries.find(
      ({ isRule, isPath }) =>
        (isRule === undefined || isRule(finding.rule)) && (isPath === undefined || isPath(finding.location.path)),
    )?.entry;
}

/**
 * A directive on a line says that this one secret is harmless. When the directive was there before and the secret is
 * another one, nobody has said that of it. A directive for the whole file exempts the file, whatever it holds.
 */
function createSwapTest(input: SuppressInput): (finding: IdentifiedFinding, directive: Directive) => boolean {
  const { base } = input;
  if (base === undefined) return () => false;
  let partners: Map<Directive, Directive> | undefined;
  let secrets: Map<Directive, Set<string>> | undefined;
  return (finding, directive) => {
    if (!finding.rule.startsWith("secrets/") || directive.form === "file") return false;
    partners ??= pairDirectives(base.directives, input.directives, base.options);
    secrets ??= suppressedSecrets(base);
    const partner = partners.get(directive);
    const accepted = partner === undefined ? undefined : secrets.get(partner);
    return accepted !== undefined && !accepted.has(finding.identity.text);
  };
}

function suppressedSecrets(base: SuppressOutcome): Map<Directive, Set<string>> {
  const secrets = new Map<Directive, Set<string>>();
  for (const [finding, { directive }] of base.suppressed) {
    if (directive === undefined || !finding.rule.startsWith("secrets/")) continue;
    const texts = secrets.get(directive);
    if (texts === undefined) secrets.set(directive, new Set([finding.identity.text]));
    else texts.add(finding.identity.text);
  }
  return secrets;
}

/** Head directive to the same one on the base: the same words at the same place. */
function pairDirectives(
  base: ReadonlyMap<string, readonly Directive[]>,
  head: ReadonlyMap<string, readonly Directive[]>,
  options: MatchOptions,
): Map<Directive, Directive> {
  const items = (map: ReadonlyMap<string, readonly Directive[]>) =>
    [...map.values()].flat().map((directive) => ({
      rule: "codeflow/directive",
      location: directive.location,
      identity: directive.identity,
      directive,
    }));
  const { pairs } = matchFindings(items(base), items(head), options);
  const partners = new Map<Directive, Directive>();
  for (const { previous, current, how } of pairs) {
    const isSamePlace =
      how === "line" ||
      agreementBefore(previous.identity, current.identity) > 0 ||
      agreementAfter(previous.identity, current.identity) > 0;
    if (isSamePlace) partners.set(current.directive, previous.directive);
  }
  return partners;
}

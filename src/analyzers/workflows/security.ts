/** Our own security rules for workflows and actions; untrusted text has a file of its own. */
import type { RawFinding, Severity } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-file.ts";
import type { Job, Node, Step, Text, Workflow } from "./model.ts";
import { child, entryOf, texts } from "./model.ts";
import { expressionsIn, privilegedTriggers } from "./untrusted.ts";

type Report = (rule: string, at: { start: number; end: number }, message: string, severity?: Severity) => void;

export function findSecurityProblems(source: SourceFile, workflow: Workflow): RawFinding[] {
  const findings: RawFinding[] = [];
  const report: Report = (rule, at, message, severity) => {
    findings.push({
      rule: `workflows/${rule}`,
      message,
      location: source.location(at.start, trimEnd(source, at)),
      ...(severity === undefined ? {} : { severity }),
    });
  };
  checkPermissions(workflow, report);
  checkTexts(source, workflow, report);
  const reported = new Set<string>();
  for (const job of workflow.jobs) {
    checkCredentials(job, report);
    checkRunner(workflow, job, report);
    checkPrivilegedCheckout(workflow, job, report);
    checkArtifacts(job, report);
    for (const step of job.steps) {
      checkAction(source, job, step, reported, report);
      checkEcho(source, step, report);
    }
    const uses = child(job.node, "uses")?.text;
    const secrets = child(job.node, "secrets");
    if (uses !== undefined && secrets?.text?.value === "inherit") {
      report("secrets-inherit", secrets, "The called workflow is given every secret.");
    }
  }
  return findings;
}

function trimEnd(source: SourceFile, at: { start: number; end: number }): number {
  return at.start + source.text.slice(at.start, at.end).trimEnd().length;
}

function checkPermissions(workflow: Workflow, report: Report): void {
  if (workflow.kind === "action") return;
  const top = child(workflow.root, "permissions");
  const seen = new Set<Node>();
  for (const permissions of [top, ...workflow.jobs.map((job) => job.permissions)]) {
    if (permissions?.text?.value !== "write-all" || seen.has(permissions)) continue;
    seen.add(permissions);
    report(
      "excessive-permissions",
      permissions,
      "`write-all` gives every step every permission. Name those that are needed.",
    );
  }
  for (const job of workflow.jobs) {
    if (job.permissions !== undefined || child(job.node, "uses") !== undefined) continue;
    const entry = entryOf(child(workflow.root, "jobs")?.entries ?? [], job.id);
    if (entry !== undefined) report("missing-permissions", entry.key, `Job \`${job.id}\` has no \`permissions\`.`);
  }
}

function checkTexts(source: SourceFile, workflow: Workflow, report: Report): void {
  const privileged = [...workflow.triggers].some((trigger) => privilegedTriggers.has(trigger));
  const conditions = new Set<number>();
  for (const { node } of workflow.jobs.flatMap((job) => [{ node: job.node }, ...job.steps])) {
    const condition = child(node, "if")?.text;
    if (condition !== undefined) conditions.add(condition.start);
  }
  for (const text of texts(workflow.root)) {
    const slice = source.text.slice(text.start, text.end);
    for (const { body, start, end } of expressionsIn(source, text.start, text.end)) {
      if (/\btoJSON\(\s*secrets\s*\)/i.test(body)) {
        report("secrets-as-json", { start, end }, "Every secret is handed over. Name those that are needed.");
      }
    }
    const contains =
      /\bcontains\(\s*'[^']*'\s*,\s*github\.(?:ref|ref_name|head_ref|base_ref|actor|triggering_actor)\s*\)/.exec(slice);
    if (contains !== null && !/\bcontains\(\s*'\[/.test(contains[0])) {
      const start = text.start + contains.index;
      report(
        "unsound-contains",
        { start, end: start + contains[0].length },
        "`contains` on a text is also true for a part of a name. Use a list: `contains(fromJSON('[...]'), ...)`.",
      );
    }
    if (privileged && conditions.has(text.start)) {
      const bot = /github\.(?:actor|triggering_actor)\s*==\s*'[^']*\[bot\]'/.exec(slice);
      // Together with the author's name it is no longer the only guard.
      if (bot !== null && !/\.user\.login/.test(slice)) {
        const start = text.start + bot.index;
        report(
          "bot-actor-check",
          { start, end: start + bot[0].length },
          "`github.actor` is who caused the latest event, not who wrote the change. Check `github.event.pull_request.user.login`.",
        );
      }
    }
  }
  const environments = [workflow.env, ...workflow.jobs.flatMap((job) => [job.env, ...job.steps.map(({ env }) => env)])];
  for (const entries of environments) {
    const entry = entryOf(entries, "ACTIONS_ALLOW_UNSECURE_COMMANDS");
    if (entry?.value.text?.value === "true") {
      report("insecure-commands", entry.key, "What a step prints can set variables and paths of later steps.");
    }
  }
}

function checkCredentials(job: Job, report: Report): void {
  const container = child(job.node, "container");
  const services = child(job.node, "services")?.entries.map(({ value }) => value) ?? [];
  for (const image of [container, ...services]) {
    const password = image === undefined ? undefined : child(child(image, "credentials") ?? image, "password")?.text;
    if (image === undefined || child(image, "credentials") === undefined || password === undefined) continue;
    if (password.value === "" || password.value.includes("${{")) continue;
    report("hardcoded-credentials", password, "A registry password is written into the workflow. Use a secret.");
  }
}

function checkRunner(workflow: Workflow, job: Job, report: Report): void {
  const runner = child(job.node, "runs-on");
  if (runner === undefined) return;
  const labels = runner.text === undefined ? runner.items.flatMap((item) => item.text ?? []) : [runner.text];
  const isSelfHosted = labels.some(({ value }) => value === "self-hosted");
  const isPublicTrigger = workflow.triggers.has("pull_request") || workflow.triggers.has("pull_request_target");
  if (isSelfHosted && isPublicTrigger) {
    report("self-hosted-runner", runner, "Pull requests run on a self-hosted runner.");
  }
}

/** Strangers can cause these, and the job then has secrets. */
const privilegedCheckoutTriggers = ["pull_request_target", "workflow_run", "issue_comment"];

function checkPrivilegedCheckout(workflow: Workflow, job: Job, report: Report): void {
  const trigger = privilegedCheckoutTriggers.find((name) => workflow.triggers.has(name));
  if (trigger === undefined) return;
  const index = job.steps.findIndex(
    (step) => step.uses?.value.startsWith("actions/checkout@") && headRef(step) !== undefined,
  );
  const checkout = job.steps[index];
  const reference = checkout === undefined ? undefined : headRef(checkout);
  if (checkout === undefined || reference === undefined) return;
  // A person approves the environment or sets the label; a repository's own branches are no strangers.
  const condition = `${job.condition} ${child(checkout.node, "if")?.text?.value ?? ""}`;
  const isGuarded =
    job.hasEnvironment ||
    /label|author_association|head\.repo\.(?:full_name|fork|owner)|head_repository|permission|event\s*==\s*'push'|\.user\.login|github\.actor\s*==\s*'[^'[]*'|needs\./.test(
      condition,
    );
  if (isGuarded) return;
  const runsCode = job.steps.slice(index + 1).some((step) => {
    const uses = step.uses?.value;
    return runsCheckedOut(step.run?.value ?? "") || (uses !== undefined && uses.startsWith("./"));
  });
  if (!runsCode) return;
  report(
    "pull-request-target-checkout",
    reference,
    `With \`${trigger}\` this job has secrets and a writable token, checks out code of the pull request, and runs it.`,
  );
}

/** Commands that run something of the working tree. */
function runsCheckedOut(script: string): boolean {
  return /\b(?:npm|pnpm|yarn|bun|npx|make|cmake|cargo|go|gradle|gradlew|mvn|mvnw|pip|poetry|uv|tox|nox|pytest|bundle|rake|composer|dotnet|bash|sh|python3?|node|docker(?:\s+compose)?\s+(?:build|up|run)|\.\/[\w./-]+)\b/.test(
    script,
  );
}

function headRef(step: Step): Text | undefined {
  const reference = entryOf(step.with, "ref")?.value.text;
  if (reference === undefined) return undefined;
  return /github\.event\.pull_request\.head\.|github\.head_ref|github\.event\.workflow_run\.head_|refs\/pull\/|github\.event\.pull_request\.merge_commit_sha|github\.event\.issue\.number/.test(
    reference.value,
  )
    ? reference
    : undefined;
}

function checkArtifacts(job: Job, report: Report): void {
  const checkout = job.steps.find((step) => {
    const version = /^actions\/checkout@v(\d+)/.exec(step.uses?.value ?? "")?.[1];
    const persist = entryOf(step.with, "persist-credentials")?.value.text?.value;
    const path = entryOf(step.with, "path");
    return version !== undefined && Number(version) < 6 && persist !== "false" && path === undefined;
  });
  if (checkout?.uses === undefined) return;
  for (const step of job.steps) {
    const version = /^actions\/upload-artifact@v(\d+)/.exec(step.uses?.value ?? "")?.[1];
    const path = entryOf(step.with, "path")?.value.text;
    // Since v4.4 hidden files stay out unless asked for.
    const includesHidden = entryOf(step.with, "include-hidden-files")?.value.text?.value === "true";
    if (version === undefined || path === undefined || (Number(version) >= 4 && !includesHidden)) continue;
    if (/^(?:\.|\.\/|\$\{\{\s*github\.workspace\s*\}\}\/?)$/.test(path.value.trim())) {
      report("credentials-in-artifact", path, "The artifact holds `.git/config` with the job's token.");
    }
  }
}

/** Documented to be used by branch: there is no tag to take instead. */
const usedByBranch = /^(?:dtolnay\/rust-toolchain|google\/oss-fuzz)\b/;
/** An organisation's own collection of actions, where a branch is the release. */
const ownCollection = /^[\w.-]+\/(?:\.github|gh-actions|github-actions|actions|shared-workflows|workflows|ci)\b/;

/** Run by GitHub itself: whoever could exchange them already runs the machine. */
const firstParties = new Set(["actions", "github"]);

/** Publishers who hold the users' registry, cloud or packages anyway: their tags are as safe as what the secret opens. */
const keepers = new Set(
  "aws-actions azure cloudflare docker google-github-actions googleapis gradle hashicorp microsoft pypa ruby rubygems".split(
    " ",
  ),
);

/** `reported`: an action is pinned by one search and replace, so it is said once a file. */
function checkAction(source: SourceFile, job: Job, step: Step, reported: Set<string>, report: Report): void {
  const uses = step.uses;
  if (uses === undefined) return;
  const match = /^([\w.-]+)\/[\w./-]+@(.+)$/.exec(uses.value);
  const [, owner, reference] = match ?? [];
  if (owner === undefined || reference === undefined || firstParties.has(owner.toLowerCase())) return;
  if (/^[0-9a-f]{40}$|^[0-9a-f]{64}$/i.test(reference) || reported.has(uses.value)) return;
  const isOwn = usedByBranch.test(uses.value) || ownCollection.test(uses.value);
  const branch = !isOwn && /^(?:main|master|develop|dev|trunk|HEAD|latest|nightly)$/i.test(reference);
  const handsSecret = [...step.with, ...step.env].some(
    ({ value }) =>
      value.text !== undefined &&
      expressionsIn(source, value.start, value.end).some(({ body }) => /\bsecrets\.(?!GITHUB_TOKEN\b)/i.test(body)),
  );
  if (branch) {
    reported.add(uses.value);
    report(
      "unpinned-action",
      uses,
      `\`${uses.value}\` follows a branch: any later commit runs here. Pin a commit SHA.`,
    );
  } else if (!isOwn && !keepers.has(owner.toLowerCase()) && (handsSecret || writes(job))) {
    reported.add(uses.value);
    const what = handsSecret ? "is given a secret" : "runs with `id-token: write`";
    report("unpinned-action", uses, `\`${uses.value}\` ${what}, and its tag can be moved. Pin a commit SHA.`);
  } else {
    report("unpinned-tag", uses, `The tag in \`${uses.value}\` can be moved. Pin a commit SHA.`);
  }
}

/** An identity token lets the action publish or deploy as this repository. */
function writes(job: Job): boolean {
  return job.permissions !== undefined && child(job.permissions, "id-token")?.text?.value === "write";
}

function checkEcho(source: SourceFile, step: Step, report: Report): void {
  if (step.run === undefined) return;
  for (const { body, start, end } of expressionsIn(source, step.run.start, step.run.end)) {
    if (!/^\s*secrets\.[\w-]+\s*$/.test(body)) continue;
    const line = source.line(source.position(start).line);
    // Into a pipe or a file it is not printed.
    if (
      !/(?:^|[\s;&|(])(?:echo|printf)\s/.test(line) ||
      /[|>]|<<<|\$\(|`/.test(line.replaceAll(/\$\{\{[^}]*\}\}/g, ""))
    )
      continue;
    if (/^\s*run:\s*[|>]/.test(line) || line.includes("::add-mask::")) continue;
    report("secret-echoed", { start, end }, "A secret is printed; masking hides only its exact text.");
  }
}

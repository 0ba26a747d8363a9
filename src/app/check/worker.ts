/** A worker thread of the check: reads each file once and lets every file analyzer look at it. */
import { parentPort } from "node:worker_threads";
import { isLfsPointer } from "../../analyzers/hygiene/lfs-pointer.ts";
import { analyzers } from "../../analyzers/index.ts";
import { classifyFile } from "../../findings/generated.ts";
import { identify } from "../../findings/identity.ts";
import { createRuleResolver, type RuleResolver } from "../../findings/severity.ts";
import { parseDirectives } from "../../findings/suppress.ts";
import type { Analyzer, FactExtraction, FileAnalysis, LoadContext } from "../../model/analyzer.ts";
import { SkipFile } from "../../model/failure.ts";
import type { RawFinding } from "../../model/finding.ts";
import { SourceFile } from "../../model/source-file.ts";
import { isUnstable, readFromDisk, symlinkMode } from "../../project/checkout.ts";
import type {
  FileAnswer,
  FileCore,
  FileOutcome,
  FileTask,
  Task,
  ToWorker,
  FromWorker,
  WorkerSetup,
} from "./worker-protocol.ts";

/** Larger files are data: analyzers would spend minutes on them and nobody reads the result. */
const maxBytes = 2 * 1024 * 1024;

const byId = new Map<string, Analyzer>(analyzers.map((analyzer) => [analyzer.id, analyzer]));
const loaded = new Map<string, Promise<FileAnalysis | FactExtraction<unknown>>>();
/** The thread starts before it is known what for: this comes first of all messages. */
let setup: WorkerSetup;
let resolver: RuleResolver;

let work = Promise.resolve();
parentPort?.on("message", (message: ToWorker) => {
  // One after the other: analyzers keep one syntax tree, of the file that is looked at.
  work = work.then(() => take(message));
});

async function take(message: ToWorker): Promise<void> {
  if ("setup" in message) {
    setup = message.setup;
    resolver = createRuleResolver(
      setup.config,
      new Map(analyzers.flatMap(({ rules }) => rules.map((rule) => [rule.id, rule] as const))),
    );
    return;
  }
  let reply: FromWorker;
  try {
    const answers: FileAnswer[] = [];
    for (const file of message.task.files) answers.push(await answer(file, message.task));
    reply = { answers };
  } catch (error) {
    reply = { error: error instanceof Error ? error.message : String(error) };
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(reply);
}

function load(id: string): Promise<FileAnalysis | FactExtraction<unknown>> {
  let promise = loaded.get(id);
  if (promise === undefined) {
    const analyzer = byId.get(id);
    const own = setup.analyzers[id];
    if (analyzer === undefined || own === undefined || (analyzer.kind !== "file" && analyzer.kind !== "project")) {
      throw new Error(`no analyzer ${id} for worker threads`);
    }
    const context: LoadContext<unknown> = {
      options: own.options,
      config: own.config,
      isRuleOn: (rule) => resolver.isOn(rule),
      secretKey: setup.secretKey,
    };
    promise = analyzer.load(context);
    loaded.set(id, promise);
  }
  return promise;
}

async function answer(task: FileTask, { root, listedAtMs }: Task): Promise<FileAnswer> {
  const onDisk = task.bytes === undefined && root !== undefined ? readFromDisk(root, task.path) : undefined;
  const unstable = onDisk !== undefined && isUnstable(onDisk.modifiedMs, listedAtMs);
  const bytes = task.bytes ?? onDisk?.bytes;
  // Gone since it was listed, or never checked out: whoever has it will look at it.
  if (bytes === undefined) return { ...unread(task, "not on disk"), isUnstable: true };
  const isLink = task.mode === symlinkMode;
  const reason = isLink ? undefined : unreadable(bytes);
  if (reason !== undefined) {
    const file = new SourceFile(task.path, bytes.subarray(0, 0));
    return {
      ...unread(task, reason),
      isUnstable: unstable,
      identified: task.identify.map((finding) => identify(finding, file)),
    };
  }
  const file = new SourceFile(task.path, bytes);
  const outcomes: Record<string, FileOutcome> = {};
  for (const id of task.analyze) outcomes[id] = await analyze(id, file);
  const facts: Record<string, { value: unknown; ms: number; error?: string }> = {};
  for (const id of task.extract) facts[id] = await extract(id, file);
  return {
    path: task.path,
    outcomes,
    facts,
    identified: task.identify.map((finding) => identify(finding, file)),
    ...(task.core ? { core: core(file) } : {}),
    isUnstable: unstable,
  };
}

function core(file: SourceFile): FileCore {
  return { directives: parseDirectives(file), marks: classifyFile(file.path, file.text, setup.config) };
}

function unread(task: FileTask, reason: string): FileAnswer {
  const outcome: FileOutcome = { findings: [], ms: 0 };
  return {
    path: task.path,
    outcomes: Object.fromEntries(task.analyze.map((id) => [id, outcome])),
    facts: Object.fromEntries(task.extract.map((id) => [id, { value: null, ms: 0 }])),
    identified: [],
    isUnstable: false,
    ...(task.core
      ? { core: { directives: [], marks: classifyFile(task.path, undefined, setup.config), unread: reason } }
      : {}),
  };
}

/** Why a content is not for analyzers. The words are shown to people. */
function unreadable(bytes: Uint8Array): string | undefined {
  if (bytes.length > maxBytes) return `larger than ${maxBytes / 1024 / 1024} MiB`;
  // Git's own test for binary content: a NUL in the first 8,000 bytes.
  if (bytes.subarray(0, 8000).includes(0)) return "binary";
  if (isLfsPointer(bytes)) return "a Git LFS pointer";
  return undefined;
}

async function analyze(id: string, file: SourceFile): Promise<FileOutcome> {
  const start = performance.now();
  try {
    const analysis = (await load(id)) as FileAnalysis;
    const findings = await analysis.analyze(file);
    return {
      findings: findings.map((finding) => identify(usable(finding, file), file)),
      ms: performance.now() - start,
    };
  } catch (error) {
    const ms = performance.now() - start;
    if (error instanceof SkipFile) return { skip: error.message, ms };
    return { error: error instanceof Error ? error.message : String(error), ms };
  }
}

/** Byte edits need bytes that map to characters: without valid UTF-8 a suggestion would hit the wrong place. */
function usable(finding: RawFinding, file: SourceFile): RawFinding {
  if (file.isUtf8 || finding.suggestions === undefined) return finding;
  const { suggestions: _, ...rest } = finding;
  return rest;
}

async function extract(id: string, file: SourceFile): Promise<{ value: unknown; ms: number; error?: string }> {
  const start = performance.now();
  try {
    const extraction = (await load(id)) as FactExtraction<unknown>;
    const value = (await extraction.extract(file)) ?? null;
    return { value, ms: performance.now() - start };
  } catch (error) {
    const ms = performance.now() - start;
    if (error instanceof SkipFile) return { value: null, ms };
    return { value: null, ms, error: error instanceof Error ? error.message : String(error) };
  }
}

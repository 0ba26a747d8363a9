/** The format of an action's case, `test/actions/<id>/<case>/case.yml`; every key is optional. */
import { z } from "zod";
import { eventNames } from "../../src/model/event.ts";

/** Text, bytes, a link, a program; null deletes. */
const content = z.union([
  z.string(),
  z.null(),
  z.strictObject({ base64: z.string() }),
  z.strictObject({ symlink: z.string() }),
  z.strictObject({ executable: z.string() }),
]);
export type FileContent = z.infer<typeof content>;
const files = z.record(z.string(), content);
const json = z.record(z.string(), z.unknown());

/**
 * In every string but those of `files`, `commits` and `untracked`: `$HTTP` is the loopback server's URL, `$ROOT` the
 * checkout, `$SHA(rev)` the commit that git knows by this name before the action runs.
 */
export const caseSchema = z.strictObject({
  /** The first commit, `first`, on branch main. */
  files: files.default({}),
  /** Further real commits; without files an empty one. `branch` is made where HEAD stands when it is not there. */
  commits: z
    .array(
      z.strictObject({
        message: z.string(),
        author: z.string().default("Dev <dev@example.invalid>"),
        date: z.string().optional(),
        files: files.default({}),
        branch: z.string().optional(),
        merge: z.string().optional(),
        tag: z.string().optional(),
      }),
    )
    .default([]),
  /** Written after the commits. */
  untracked: files.default({}),
  /** A bare `origin` that everything was pushed to. */
  remote: z.boolean().default(false),
  /** Branches that only `origin` has, as a fresh clone of one branch leaves it; main is checked out. */
  "remote-only": z.array(z.string()).default([]),
  /** The clone lacks the commits before HEAD, as one made with `--depth 1`. */
  shallow: z.boolean().default(false),
  event: z.looseObject({ name: z.enum(eventNames) }).default({ name: "manual" }),
  /** What the change is between; the checkout stands at head. */
  change: z.strictObject({ base: z.string(), head: z.string() }).optional(),
  with: json.default({}),
  env: z.record(z.string(), z.string()).default({}),
  /** `CodeHostSeed`; commits, branches and tags of the checkout are put into it. */
  host: json.default({}),
  /** `TrackerSeed`. */
  tracker: json.default({}),
  /** `NotifierSeed`. */
  notifier: json.default({}),
  /** Past checks in a real history database, oldest first. */
  history: z
    .array(
      z.strictObject({
        at: z.string(),
        branch: z.string().default("main"),
        verdict: z.enum(["passed", "failed", "incomplete"]).default("passed"),
        errors: z.number().default(0),
        warnings: z.number().default(0),
        new: z.number().default(0),
        fixed: z.number().default(0),
        metrics: z.record(z.string(), z.number()).default({}),
        /** Names of what it found, all in one file. */
        findings: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  /** Answers of a real loopback server, by `METHOD /path`. */
  http: z
    .record(
      z.string(),
      z.strictObject({
        status: z.number().default(200),
        headers: z.record(z.string(), z.string()).default({}),
        body: z.string().optional(),
        json: z.unknown().optional(),
      }),
    )
    .default({}),
  /** True of a case that opens real pages: skipped, and said so, where this machine has no Chromium. */
  browser: z.boolean().default(false),
  /** Scripts on PATH, run as real programs. */
  executables: z.record(z.string(), z.string()).default({}),
  /** Workflows that can be called, by name, with what they answer. */
  workflows: z
    .record(z.string(), z.strictObject({ outputs: json.default({}), fails: z.string().optional() }))
    .default({}),
  now: z.string().default("2026-01-10T12:00:00.000Z"),
  repeat: z.number().default(1),
  expect: z.strictObject({
    golden: z.boolean().default(false),
    outputs: json.optional(),
    "outputs-include": json.optional(),
    files: z.record(z.string(), z.string().nullable()).default({}),
    /** `level message`, all of them; `log-includes` parts of some. */
    log: z.array(z.string()).optional(),
    "log-includes": z.array(z.string()).default([]),
    summary: z.string().optional(),
    "summary-includes": z.array(z.string()).default([]),
    fails: z.string().optional(),
    suspends: json.optional(),
    /** Output of git commands afterwards. */
    git: z.record(z.string(), z.string()).default({}),
    /** Subsets of the fakes' states afterwards; lists are compared whole, their entries as subsets. */
    host: json.optional(),
    tracker: json.optional(),
    notices: z.array(json).optional(),
    /** Seen by the loopback server: `METHOD /path`. */
    requests: z.array(z.string()).optional(),
    /** Workflows that were called. */
    calls: z.array(json).optional(),
  }),
});
export type ActionCase = z.infer<typeof caseSchema>;

/** The JSON Schema of `--format json`, generated from a zod schema that the compiler holds to the type. */
import { categories, severities } from "../model/finding.ts";
import { profiles } from "../model/analyzer.ts";
import type { CheckRunJson } from "./json.ts";

/** What `schemas/check-run.schema.json` holds. */
export async function checkRunJsonSchema(): Promise<Record<string, unknown>> {
  const { z } = await import("zod");
  const schema = await checkRunSchema();
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-2020-12" });
  return {
    $schema,
    title: "CodeFlow check run",
    description: "What `codeflow check --format json` prints. It changes only with `schemaVersion`.",
    ...rest,
  };
}

/** Checks a value that claims to be a run. zod costs start-up time, hence the lazy import. */
async function checkRunSchema() {
  const { z } = await import("zod");

  const count = z.int().nonnegative();
  const severity = z.enum(severities);
  const category = z.enum(categories);
  const position = z.int().positive();
  const optional = z.exactOptional;
  const oneOrMore = <Item extends Parameters<typeof z.array>[0]>(item: Item) => z.union([item, z.array(item)]);

  const location = z
    .strictObject({
      path: z.string().describe("Relative to the repository's root, with `/`."),
      startLine: position,
      startColumn: position,
      endLine: position,
      endColumn: position,
    })
    .meta({
      id: "location",
      description: "Lines and columns are 1-based; columns count UTF-16 code units; the end is exclusive.",
    });
  const condition = z
    .strictObject({
      metric: z.string().describe("`findings`, or the name of a metric of the run."),
      of: optional(z.enum(["new", "all", "changed"])),
      where: optional(
        z.strictObject({
          severity: optional(oneOrMore(severity)),
          category: optional(oneOrMore(category)),
          analyzer: optional(oneOrMore(z.string())),
          rule: optional(oneOrMore(z.string())),
          path: optional(oneOrMore(z.string())),
        }),
      ),
      max: optional(z.number()),
      min: optional(z.number()),
    })
    .meta({ id: "condition", description: "Holds when the value is at most `max` and at least `min`." });
  const finding = z
    .strictObject({
      rule: z.string().describe("`analyzer/rule-name`."),
      severity,
      category,
      message: z.string(),
      location,
      state: z.enum(["new", "unchanged", "fixed"]).describe("Against the base or the baseline."),
      fingerprint: z.string().describe("Identity across runs; never derived from a line number."),
      analyzer: z.string(),
      analyzerVersion: z.string(),
      inChange: optional(z.boolean().describe("Whether it touches lines of the change; absent without a change.")),
      helpUrl: optional(z.string()),
      related: optional(z.array(z.strictObject({ location, message: z.string() }))),
      suggestions: optional(
        z.array(
          z.strictObject({
            message: z.string(),
            safety: z
              .enum(["safe", "unsafe", "suggested"])
              .describe("`safe` keeps behaviour, `unsafe` may change it, `suggested` needs a person's choice."),
            edits: z
              .array(z.strictObject({ path: z.string(), start: count, end: count, text: z.string() }))
              .describe("Each replaces the bytes [start, end) of the stored file; all apply, or none."),
          }),
        ),
      ),
      suppressed: optional(
        z
          .strictObject({
            kind: z.enum(["inline", "config", "tool", "generated", "vendored", "baseline", "duplicate", "memory"]),
            reason: z.string(),
            location: optional(location),
          })
          .describe("Present when something keeps it out of the gate: do not count it."),
      ),
      data: optional(z.record(z.string(), z.union([z.string(), z.number()]))),
    })
    .meta({ id: "finding" });

  const schema = z.strictObject({
    schemaVersion: z.literal(1),
    codeflowVersion: z.string(),
    id: z.string().describe("UUIDv7 of the run."),
    startedAt: z.string().describe("ISO 8601, UTC."),
    durationMs: z.number().nonnegative(),
    repository: z.strictObject({ head: z.nullable(z.string()), branch: z.nullable(z.string()) }),
    scope: z.strictObject({
      kind: z.enum(["all", "staged", "changed"]),
      base: z.nullable(z.string()),
      baseName: optional(z.string()),
    }),
    profile: z.enum(profiles),
    verdict: z.strictObject({
      status: z.enum(["passed", "failed", "incomplete"]),
      reasons: z.array(
        z.strictObject({
          kind: z.enum(["condition", "incomplete"]),
          message: z.string(),
          condition: optional(condition),
          value: optional(z.number()),
          findings: optional(z.array(z.string()).describe("Fingerprints of the findings that decided.")),
        }),
      ),
      conditions: z.array(
        z.strictObject({
          condition,
          value: z.nullable(z.number()).describe("Null when it could not be measured."),
          held: z.boolean(),
        }),
      ),
    }),
    summary: z.strictObject({
      files: count,
      bySeverity: z.strictObject({ error: count, warning: count, info: count }).describe("Not suppressed."),
      new: count,
      unchanged: count,
      fixed: count,
      suppressed: count,
    }),
    findings: z.array(finding).describe("Newest and worst first; suppressed and fixed ones are included, marked."),
    analyzers: z.array(
      z.strictObject({
        id: z.string(),
        version: z.string(),
        kind: z.enum(["file", "batch", "project", "tool", "import"]),
        status: z.enum(["ran", "cached", "skipped", "failed"]),
        reason: optional(z.string().describe("Why it was skipped or failed.")),
        required: z.boolean(),
        files: count,
        cachedFiles: count,
        findings: count,
        durationMs: z.number().nonnegative(),
        skippedFiles: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
      }),
    ),
    rules: z
      .record(
        z.string(),
        z.strictObject({
          id: z.string(),
          summary: z.string(),
          category,
          severity,
          recommended: z.boolean(),
          rationale: optional(z.string()),
          helpUrl: optional(z.string()),
        }),
      )
      .describe("Definitions of the rules that appear in `findings`, by id."),
    metrics: z.record(z.string(), z.number()),
    notices: z.array(z.string()),
  });
  // Fails to compile when the schema and the type part ways, in either direction.
  const inStep: (value: import("zod").output<typeof schema>) => CheckRunJson = (value) => value;
  const andBack: (value: Mutable<CheckRunJson>) => import("zod").output<typeof schema> = (value) => value;
  void inStep;
  void andBack;
  return schema;
}

/** Parsed values are mutable arrays; the type's are readonly. */
type Mutable<Value> = Value extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : Value extends object
    ? { -readonly [Key in keyof Value]: Mutable<Value[Key]> }
    : Value;

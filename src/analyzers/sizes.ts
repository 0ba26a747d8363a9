/** Files that every clone has to carry: large ones and binaries, by the limits that a repository sets itself. */
import { lstat, open } from "node:fs/promises";
import { join } from "node:path";
import type { ProjectAnalyzer, ProjectView } from "../model/analyzer.ts";
import type { RawFinding } from "../model/finding.ts";
import type { RuleDefinition } from "../model/rule.ts";

export interface SizeOptions {
  readonly maxKilobytes: number;
  /** Globs of paths that may be large or binary. */
  readonly allow: readonly string[];
}

const rules: readonly RuleDefinition[] = [
  {
    id: "sizes/large-file",
    summary: "A file is larger than the configured limit.",
    category: "maintainability",
    severity: "warning",
    recommended: false,
    rationale: "Every clone carries it for ever, even after it is deleted. The limit is the option `maxKilobytes`.",
  },
  {
    id: "sizes/binary-file",
    summary: "A file is binary.",
    category: "maintainability",
    severity: "warning",
    recommended: false,
    rationale:
      "Binaries cannot be reviewed or merged; archives and build products belong elsewhere. Images and fonts are allowed unless the option `allow` says otherwise.",
  },
];

const media = ["png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "icns", "bmp", "woff", "woff2", "ttf", "otf", "eot"];

export const sizes: ProjectAnalyzer<SizeOptions, never> = {
  kind: "project",
  id: "sizes",
  summary: "Large and binary files, by limits that the repository sets.",
  version: "1",
  profile: "smart",
  rules,
  options: {
    defaults: { maxKilobytes: 1024, allow: media.map((extension) => `**/*.${extension}`) },
    schema: async () => {
      const { z } = await import("zod");
      return z.strictObject({
        maxKilobytes: z.number().positive().default(1024),
        allow: z.array(z.string()).default(media.map((extension) => `**/*.${extension}`)),
      });
    },
  },
  // Contents that are large or binary are not handed to analyzers: it looks at the files on disk itself.
  volatile: true,
  appliesTo: () => false,
  load: async () => ({ extract: () => undefined }),
  combine: async (view) => {
    const isLargeOn = view.isRuleOn("sizes/large-file");
    const isBinaryOn = view.isRuleOn("sizes/binary-file");
    if (view.root === undefined || (!isLargeOn && !isBinaryOn)) return { findings: [] };
    const { default: picomatch } = await import("picomatch");
    const isAllowed = picomatch([...view.options.allow], { dot: true, nocase: true });
    const findings: RawFinding[] = [];
    for (const path of [...view.paths].sort()) {
      view.signal.throwIfAborted();
      if (!isAllowed(path)) findings.push(...(await look(path, view, { isLargeOn, isBinaryOn })));
    }
    return { findings };
  },
};

async function look(
  path: string,
  { root = "", options }: ProjectView<SizeOptions, never>,
  on: { readonly isLargeOn: boolean; readonly isBinaryOn: boolean },
): Promise<RawFinding[]> {
  const absolute = join(root, path);
  const bytes = await regularSize(absolute);
  if (bytes === undefined) return [];
  const location = { path, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };
  const kilobytes = Math.ceil(bytes / 1024);
  const findings: RawFinding[] = [];
  if (on.isLargeOn && kilobytes > options.maxKilobytes) {
    findings.push({
      rule: "sizes/large-file",
      message: `${kilobytes} KiB, more than the ${options.maxKilobytes} KiB that are allowed`,
      location,
      anchor: "size",
      data: { kilobytes },
    });
  }
  if (on.isBinaryOn && bytes > 0 && (await startsBinary(absolute))) {
    findings.push({ rule: "sizes/binary-file", message: "binary file", location, anchor: "binary" });
  }
  return findings;
}

/** Undefined for links, submodules and what has gone since the tree was listed. */
async function regularSize(path: string): Promise<number | undefined> {
  try {
    const stat = await lstat(path);
    return stat.isFile() ? stat.size : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return undefined;
    throw error;
  }
}

/** Git's own test: a NUL in the first 8,000 bytes. */
async function startsBinary(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8_000), 0, 8_000, 0);
    return buffer.subarray(0, bytesRead).includes(0);
  } finally {
    await file.close();
  }
}

/** Code scanning uploads: unpacked and held against GitHub's limits. */
import { gunzipSync } from "node:zlib";
import * as z from "zod";
import { ok } from "../http/call.ts";
import { type Route, repositoryRoute } from "../http/router.ts";
import { repositoryApi } from "../shapes/links.ts";
import { resolveCommit } from "../world/git.ts";
import { notFound, Refusal } from "../world/refusal.ts";
import type { Limits } from "../world/state.ts";

const Upload = z.object({
  commit_sha: z.string().regex(/^[0-9a-f]{40}$/, "is not a commit SHA"),
  ref: z.string().regex(/^refs\/(heads|tags|pull)\//, "is not a full ref"),
  sarif: z.string(),
  checkout_uri: z.string().optional(),
  started_at: z.string().optional(),
  tool_name: z.string().optional(),
  validate: z.boolean().optional(),
});
const Sarif = z.object({
  version: z.literal("2.1.0"),
  runs: z.array(
    z.object({
      tool: z.object({ driver: z.object({ name: z.string() }) }),
      results: z.array(z.object({ message: z.object({ text: z.string().optional() }) })).optional(),
    }),
  ),
});

const maxGzipBytes = 10 * 1024 * 1024;

function unpack(text: string): unknown {
  const packed = Buffer.from(text, "base64");
  if (packed.length > maxGzipBytes) throw new Refusal(413, "Payload too large");
  try {
    return JSON.parse(gunzipSync(packed).toString()) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(400, `Invalid SARIF. The upload must be gzip, then Base64: ${why}`);
  }
}

/** GitHub accepts the upload and finds these faults while processing it. */
function faultsOf(sarif: unknown, limits: Limits): string[] {
  const parsed = Sarif.safeParse(sarif);
  if (!parsed.success) return parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  const faults: string[] = [];
  if (parsed.data.runs.length > limits.sarifRuns) {
    faults.push(
      `rejecting SARIF, as there are more runs than allowed (${parsed.data.runs.length} > ${limits.sarifRuns})`,
    );
  }
  for (const run of parsed.data.runs) {
    const count = run.results?.length ?? 0;
    if (count > limits.sarifResults) {
      faults.push(
        `rejecting SARIF, as there are more results per run than allowed (${count} > ${limits.sarifResults})`,
      );
    }
  }
  return faults;
}

export const sarifRoutes: readonly Route[] = [
  repositoryRoute("POST", "/code-scanning/sarifs", "security_events:write", (call) => {
    const input = call.read(Upload);
    const { world, repository } = call;
    if (resolveCommit(repository.gitDir, input.commit_sha) === undefined) {
      throw new Refusal(404, `Commit ${input.commit_sha} was not found`);
    }
    const sarif = unpack(input.sarif);
    const hex = world.nextId().toString(16).padStart(12, "0");
    const id = `47177e22-5596-11eb-80a1-${hex}`;
    repository.sarifs.set(id, {
      id,
      ref: input.ref,
      commitSha: input.commit_sha,
      sarif,
      looks: 0,
      errors: faultsOf(sarif, world.limits),
      createdAt: world.now(),
    });
    return { status: 202, json: { id, url: repositoryApi(world, repository, `/code-scanning/sarifs/${id}`) } };
  }),

  repositoryRoute("GET", "/code-scanning/sarifs/:id", "security_events:read", (call) => {
    const upload = call.repository.sarifs.get(call.param("id"));
    if (upload === undefined) throw notFound();
    upload.looks += 1;
    if (upload.looks === 1) return ok({ processing_status: "pending", analyses_url: null, errors: null });
    const failed = upload.errors.length > 0;
    return ok({
      processing_status: failed ? "failed" : "complete",
      analyses_url: failed
        ? null
        : repositoryApi(call.world, call.repository, `/code-scanning/analyses?sarif_id=${upload.id}`),
      errors: failed ? upload.errors : null,
    });
  }),
];

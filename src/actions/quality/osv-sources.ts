/** Where OSV records come from: files on disk (JSON, JSON Lines, a folder or a zip of them) or an OSV API. */
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { type ActionContext, StepFailed } from "../../model/action.ts";
import { isRecord, nested, records } from "../../analyzers/dependencies/shapes.ts";
import { type LockedVersion } from "../locked-packages.ts";
import { isOsvRecord, normalName, type OsvRecord } from "./osv-records.ts";

/** Records that may speak of these packages, by ecosystem and name. */
export interface OsvSource {
  readonly name: string;
  /** Of the packages asked for; those from an API have been matched by it already. */
  recordsFor(packages: readonly LockedVersion[]): Promise<ReadonlyMap<string, readonly OsvRecord[]>>;
}

export function packageKey({
  ecosystem,
  name,
  version,
}: Pick<LockedVersion, "ecosystem" | "name" | "version">): string {
  return `${ecosystem} ${normalName(ecosystem, name)} ${version}`;
}

export function databaseSource(path: string, shown: string): OsvSource {
  return {
    name: shown,
    async recordsFor(packages) {
      const wanted = new Map<string, string[]>();
      for (const one of packages) {
        const key = `${one.ecosystem} ${normalName(one.ecosystem, one.name)}`;
        wanted.set(key, [...(wanted.get(key) ?? []), packageKey(one)]);
      }
      const found = new Map<string, OsvRecord[]>();
      let count = 0;
      for await (const record of readDatabase(path, shown)) {
        count++;
        const keys = new Set(
          records(record["affected"]).map((affected) => {
            const ecosystem = String(nested(affected, "package", "ecosystem") ?? "").split(":")[0] ?? "";
            return `${ecosystem} ${normalName(ecosystem as LockedVersion["ecosystem"], String(nested(affected, "package", "name") ?? ""))}`;
          }),
        );
        for (const key of keys)
          for (const one of new Set(wanted.get(key))) found.set(one, [...(found.get(one) ?? []), record]);
      }
      if (count === 0) throw new StepFailed(`${shown} holds no OSV records: it is no database to audit against`);
      return found;
    },
  };
}

async function* readDatabase(path: string, shown: string): AsyncGenerator<OsvRecord> {
  const kind = await stat(path).catch(() => undefined);
  if (kind === undefined) throw new StepFailed(`there is no vulnerability database ${shown}`);
  if (kind.isDirectory()) {
    for (const name of await readdir(path, { recursive: true })) {
      if (/\.jsonl?$/.test(name)) yield* parseRecords(await readFile(join(path, name), "utf8"), `${shown}/${name}`);
      else if (name.endsWith(".zip")) yield* readZip(await readFile(join(path, name)), `${shown}/${name}`);
    }
    return;
  }
  const content = await readFile(path);
  if (content.subarray(0, 2).toString("latin1") === "PK") yield* readZip(content, shown);
  else yield* parseRecords(content.toString("utf8"), shown);
}

function parseRecords(text: string, shown: string): OsvRecord[] {
  let values: unknown[];
  try {
    const whole: unknown = JSON.parse(text);
    values = Array.isArray(whole) ? whole : isRecord(whole) && Array.isArray(whole["vulns"]) ? whole["vulns"] : [whole];
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    try {
      values = lines.map((line) => JSON.parse(line) as unknown);
    } catch {
      throw new StepFailed(`${shown} is neither JSON nor JSON Lines: ${(error as Error).message}`);
    }
  }
  return values.filter(isOsvRecord);
}

/** OSV publishes one zip for each ecosystem; npm's has more entries than the old format can count (zip64). */
function* readZip(zip: Buffer, shown: string): Generator<OsvRecord> {
  const broken = (): StepFailed => new StepFailed(`${shown} is no whole zip file`);
  const end = zip.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  if (end < 0) throw broken();
  let entries = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  if (entries === 0xffff || at === 0xffffffff) {
    const locator = zip.lastIndexOf(Buffer.from("PK\x06\x07", "latin1"), end);
    if (locator < 0) throw broken();
    const large = Number(zip.readBigUInt64LE(locator + 8));
    entries = Number(zip.readBigUInt64LE(large + 32));
    at = Number(zip.readBigUInt64LE(large + 48));
  }
  for (let i = 0; i < entries; i++) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== 0x02014b50) throw broken();
    const method = zip.readUInt16LE(at + 10);
    const size = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const header = zip.readUInt32LE(at + 42);
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    if (!/\.jsonl?$/.test(name)) continue;
    if (size === 0xffffffff || header === 0xffffffff || header + 30 > zip.length) throw broken();
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    const packed = zip.subarray(start, start + size);
    const content = method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: 256 * 1024 * 1024 });
    yield* parseRecords(content.toString("utf8"), `${shown}/${name}`);
  }
}

/** The API's limit of queries in a batch: https://google.github.io/osv.dev/post-v1-querybatch/ */
const batchSize = 1_000;
const detailsAtOnce = 8;

export function apiSource({ http, signal }: Pick<ActionContext<"http">, "http" | "signal">, base: string): OsvSource {
  const root = base.replace(/\/+$/, "").replace(/\/v1$/, "");
  const ask = async (path: string, body?: unknown): Promise<unknown> => {
    const response = await http({
      url: `${root}${path}`,
      method: body === undefined ? "GET" : "POST",
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    });
    const text = Buffer.from(response.body).toString("utf8");
    if (response.status !== 200)
      throw new StepFailed(`${root}${path} answered ${response.status}: ${text.slice(0, 200)}`);
    try {
      return JSON.parse(text);
    } catch {
      throw new StepFailed(`${root}${path} answered something that is no JSON: ${text.slice(0, 100)}`);
    }
  };
  return {
    name: root,
    async recordsFor(packages) {
      const idsOf = new Map<string, Set<string>>();
      let queries = packages.map((one) => ({ one, token: undefined as string | undefined }));
      while (queries.length > 0) {
        const batch = queries.slice(0, batchSize);
        queries = queries.slice(batchSize);
        const answer = await ask("/v1/querybatch", {
          queries: batch.map(({ one, token }) => ({
            package: { name: one.name, ecosystem: one.ecosystem },
            version: one.ecosystem === "Go" ? one.version.replace(/^v/, "") : one.version,
            ...(token === undefined ? {} : { page_token: token }),
          })),
        });
        const results = isRecord(answer) ? answer["results"] : undefined;
        if (!Array.isArray(results) || results.length !== batch.length) {
          throw new StepFailed(`${root} did not answer every query: the audit would not be whole`);
        }
        for (const [index, { one }] of batch.entries()) {
          const result: unknown = results[index];
          const ids = idsOf.get(packageKey(one)) ?? new Set<string>();
          idsOf.set(packageKey(one), ids);
          for (const { id } of records(nested(result, "vulns"))) if (typeof id === "string") ids.add(id);
          const token = nested(result, "next_page_token");
          if (typeof token === "string" && token !== "") queries.push({ one, token });
        }
      }
      const details = new Map<string, OsvRecord>();
      const ids = [...new Set([...idsOf.values()].flatMap((one) => [...one]))].sort();
      for (let i = 0; i < ids.length; i += detailsAtOnce) {
        await Promise.all(
          ids.slice(i, i + detailsAtOnce).map(async (id) => {
            const record = await ask(`/v1/vulns/${encodeURIComponent(id)}`);
            if (!isOsvRecord(record)) throw new StepFailed(`${root} has no whole record of ${id}`);
            details.set(id, record);
          }),
        );
      }
      return new Map(
        [...idsOf].map(([key, known]) => [
          key,
          [...known].flatMap((id) => {
            const record = details.get(id);
            return record === undefined ? [] : [record];
          }),
        ]),
      );
    },
  };
}

/** Runs the detection on files in memory. */
import type { Detection, PlatformReport } from "../../../../src/model/platform.ts";
import { detectPlatforms } from "../../../../src/project/platforms/detect.ts";
import type { Fixture } from "./fixtures.ts";

export async function report({ files, commits }: Fixture): Promise<PlatformReport> {
  return detectPlatforms({
    paths: Object.keys(files),
    read: async (paths) =>
      new Map(paths.flatMap((path) => (files[path] === undefined ? [] : [[path, files[path]] as const]))),
    sizeOf: (path) => files[path]?.length,
    ...(commits === undefined ? {} : { commits }),
  });
}

/** Without the languages. */
export async function platforms(fixture: Fixture): Promise<readonly Detection[]> {
  const { detections } = await report(fixture);
  return detections.filter(({ kind }) => kind !== "language");
}

export async function idsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  return (await platforms({ files })).map(({ id }) => id);
}

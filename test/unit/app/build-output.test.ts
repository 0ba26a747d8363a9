/** What a framework's build left in the repository is nobody's to mend, and a cached check says so as an uncached one does. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { check, type CheckOptions } from "../../../src/app/check.ts";
import { detect } from "../../../src/app/detect.ts";
import { temporaryRepository, type TemporaryRepository } from "./temporary-repository.ts";

const whole: CheckOptions = {
  paths: [],
  scope: { kind: "all" },
  profile: "fast",
  only: ["debugging"],
  skip: [],
  noExec: true,
  noCache: false,
  imports: [],
  reports: [],
  baseline: undefined,
  gate: [],
};
const script = "export function start(list) {\n  debugger;\n  return list;\n}\n";

let repository: TemporaryRepository;
beforeEach(() => {
  repository = temporaryRepository({
    "package.json": '{ "name": "shop", "dependencies": { "react": "18.0.0", "react-scripts": "5.0.0" } }\n',
    "src/start.js": script,
    "build/asset-manifest.json": "{}\n",
    "build/static/js/start.js": script,
    "build/functions/package.json": '{ "dependencies": { "express": "5.0.0" } }\n',
    "tools/build/start.js": script,
  });
});
afterEach(() => repository.remove());

async function judged(options: Partial<CheckOptions> = {}): Promise<Record<string, string>> {
  const { run } = await check({ ...whole, ...options }, repository.world, "0.0.0");
  return Object.fromEntries(
    run.findings.map(({ location, suppressed }) => [
      location.path,
      suppressed === undefined ? "counts" : `${suppressed.kind}: ${suppressed.reason}`,
    ]),
  );
}

const output = { "build/static/js/start.js": "generated: build output of Create React App" };
const written = { "src/start.js": "counts", "tools/build/start.js": "counts" };

it("leaves build output out, from the cache and without it", async () => {
  const uncached = await judged({ noCache: true });
  expect(uncached).toEqual({ ...written, ...output });
  expect(await judged()).toEqual(uncached);
  repository.write("src/other.js", "export const other = 1;\n");
  expect(await judged(), "with every file from the cache").toEqual(uncached);
});

it("notices when the framework that made it is gone: nothing of it is kept in the cache", async () => {
  await judged();
  repository.write(".gitignore", "asset-manifest.json\n");
  expect(await judged()).toEqual({ ...written, "build/static/js/start.js": "counts" });
});

it("lets the configuration have the last word", async () => {
  repository.write("codeflow.yml", 'generated: ["!build/"]\n');
  expect(await judged()).toEqual({ ...written, "build/static/js/start.js": "counts" });
});

it("is no evidence for detection", async () => {
  const { detections } = await detect(repository.world);
  const frameworks = detections.filter(({ kind }) => kind === "framework").map(({ id }) => id);
  expect(frameworks).toContain("create-react-app");
  expect(frameworks).not.toContain("express");
});

/** What is generated is in step with what it is generated from: `npm run docs` mends it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { documents } from "../generate-docs.ts";

it("docs and schemas are what the code says", async () => {
  const wrong: string[] = [];
  for (const [path, content] of await documents()) {
    if (readFileSync(join(import.meta.dirname, "..", path), "utf8") !== content) wrong.push(path);
  }
  expect(wrong, "run npm run docs").toEqual([]);
});

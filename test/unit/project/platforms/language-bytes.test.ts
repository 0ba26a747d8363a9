/** Languages by bytes: what is counted, and what endings of several languages mean. */
import { expect, it } from "vitest";
import { report } from "./detect-fixture.ts";
import { countLanguageBytes } from "../../../../src/project/platforms/language-bytes.ts";

async function count(sizes: Readonly<Record<string, number>>, foreign: RegExp = /^$/): Promise<string[]> {
  const found = await countLanguageBytes(
    Object.keys(sizes),
    (path) => sizes[path],
    (path) => foreign.test(path) || undefined,
  );
  return found.map(({ name, amount }) => `${name} ${amount?.bytes}`);
}

it("counts programs and markup, the most first, with their share", async () => {
  expect(
    await count({
      "a.ts": 10,
      "b.tsx": 20,
      "c.py": 40,
      Dockerfile: 5,
      "d.json": 99,
      "README.md": 99,
      "e.sql": 99,
      "f.d.ts": 1,
    }),
  ).toEqual(["Python 40", "TypeScript 31", "Dockerfile 5"]);
  const [python] = await countLanguageBytes(
    ["a.py", "b.rb"],
    (path) => (path === "a.py" ? 30 : 10),
    () => false,
  );
  expect(python).toMatchObject({
    id: "language-python",
    kind: "language",
    amount: { share: 0.75, files: 1, bytes: 30 },
  });
});

it("leaves out documentation and what others wrote", async () => {
  expect(await count({ "docs/a.py": 9, "examples/b.rb": 9, "vendor/c.go": 9, "src/d.rs": 1 }, /^vendor\//)).toEqual([
    "Rust 1",
  ]);
});

it("takes a shared ending for what the rest is written in, or leaves it out", async () => {
  expect(await count({ "a.h": 5, "b.cpp": 9 })).toEqual(["C++ 14"]);
  expect(await count({ "a.h": 5, "b.c": 9 })).toEqual(["C 14"]);
  expect(await count({ "a.h": 5 })).toEqual(["C 5"]);
  expect(await count({ "a.m": 5, "b.swift": 9, "c.mm": 3, "d.nb": 1 })).toEqual(["Swift 9", "Objective-C++ 3"]);
  expect(await count({ "a.v": 5 })).toEqual([]);
});

it("reads nothing into an empty repository", async () => {
  expect(await count({})).toEqual([]);
  expect(await count({ LICENSE: 9, "a.unknown": 9, ".gitignore": 9 })).toEqual([]);
});

it("believes the repository's .gitattributes", async () => {
  const files = {
    ".gitattributes":
      "\uFEFF# counts\r\npublic/** linguist-vendored\r\ndocs/** -linguist-documentation\r\n*.lua linguist-detectable=false\r\n*.js text\r\n",
    "public/app.js": "12345678",
    "docs/build.py": "12",
    "a.lua": "123",
    "b.js": "1",
  };
  const { detections } = await report({ files });
  expect(detections.map(({ name, amount }) => `${name} ${amount?.bytes}`)).toEqual(["Python 2", "JavaScript 1"]);
});

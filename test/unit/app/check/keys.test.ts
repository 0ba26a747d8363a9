import { describe, expect, it } from "vitest";
import { digest, digestOf, projectKey } from "../../../../src/app/check/keys.ts";

describe("cache keys", () => {
  const entry = { path: "a", blob: "1", mode: "100644" };

  it("take any number of files", () => {
    const files = Array.from({ length: 300_000 }, (_, i) => ({ ...entry, path: `f${i}` }));
    const paths = digestOf(files.map(({ path }) => path));
    expect(projectKey("x", files, paths)).not.toBe(projectKey("x", files.slice(1), paths));
  });

  it("tell parts, files, modes and paths apart", () => {
    expect(digest("ab", "c")).not.toBe(digest("a", "bc"));
    expect(digestOf(["a", "b"])).toBe(digest("a", "b"));
    const paths = digestOf(["a"]);
    const keys = [
      projectKey("x", [entry], paths),
      projectKey("y", [entry], paths),
      projectKey("x", [{ ...entry, blob: "2" }], paths),
      // A link whose target reads like the file did.
      projectKey("x", [{ ...entry, mode: "120000" }], paths),
      projectKey("x", [entry], digestOf(["a", "b"])),
      projectKey("x", [], paths),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

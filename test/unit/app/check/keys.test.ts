import { describe, expect, it } from "vitest";
import { digest, digestOf, projectKey } from "../../../../src/app/check/keys.ts";

describe("cache keys", () => {
  const entry = { path: "a", blob: "1", mode: "100644" };

  it("take any number of files", () => {
    const files = Array.from({ length: 300_000 }, (_, i) => ({ ...entry, path: `f${i}` }));
    expect(
      projectKey(
        "x",
        files,
        files.map(({ path }) => path),
      ),
    ).not.toBe(projectKey("x", files.slice(1), []));
  });

  it("tell parts, files, modes and paths apart", () => {
    expect(digest("ab", "c")).not.toBe(digest("a", "bc"));
    expect(digestOf(["a", "b"])).toBe(digest("a", "b"));
    const keys = [
      projectKey("x", [entry], ["a"]),
      projectKey("y", [entry], ["a"]),
      projectKey("x", [{ ...entry, blob: "2" }], ["a"]),
      // A link whose target reads like the file did.
      projectKey("x", [{ ...entry, mode: "120000" }], ["a"]),
      projectKey("x", [entry], ["a", "b"]),
      projectKey("x", [], ["a"]),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

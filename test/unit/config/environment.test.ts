/** What the environment says. */
import { describe, expect, it } from "vitest";
import { readEnvironment } from "../../../src/config/environment.ts";

describe("environment", () => {
  it("empty says nothing", () => {
    expect(readEnvironment({})).toEqual({
      ci: false,
      github: undefined,
      linear: { apiKey: undefined, apiUrl: undefined },
      codeHost: { token: undefined, apiUrl: undefined, repository: undefined },
      terminal: { color: undefined, dumb: false, columns: undefined },
      secretKey: undefined,
      cacheDirectory: undefined,
      userCacheDirectory: undefined,
      home: undefined,
      path: [],
    });
  });

  it.each([
    [{ CI: "true" }, true],
    [{ CI: "1" }, true],
    [{ CI: "woodpecker" }, true],
    [{ CI: "false" }, false],
    [{ CI: "" }, false],
    [{ CI: "0" }, false],
    [{ GITHUB_ACTIONS: "true" }, true],
  ])("CI: %j", (env, ci) => {
    expect(readEnvironment(env).ci).toBe(ci);
  });

  it.each([
    [{ NO_COLOR: "1" }, false],
    [{ NO_COLOR: "" }, undefined],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    [{ FORCE_COLOR: "0" }, false],
    [{ FORCE_COLOR: "", TERM: "dumb" }, true],
    [{ TERM: "dumb" }, false],
    [{ TERM: "xterm-256color" }, undefined],
  ])("colour: %j", (env, color) => {
    expect(readEnvironment(env).terminal.color).toBe(color);
  });

  it.each([
    ["120", 120],
    ["0", undefined],
    ["wide", undefined],
    ["-3", undefined],
  ])("COLUMNS=%s", (value, columns) => {
    expect(readEnvironment({ COLUMNS: value }).terminal.columns).toBe(columns);
  });

  it("GitHub's facts are read only in its jobs, empty ones are absent", () => {
    expect(readEnvironment({ GITHUB_BASE_REF: "main" }).github).toBeUndefined();
    expect(
      readEnvironment({ GITHUB_ACTIONS: "true", GITHUB_BASE_REF: "", GITHUB_REF_NAME: "topic" }).github,
    ).toMatchObject({ baseRef: undefined, refName: "topic" });
  });

  it("knows the code host inside and outside of its jobs", () => {
    const env = { GITHUB_TOKEN: "", GH_TOKEN: "b", GITHUB_API_URL: "https://git.example/api/v3" };
    expect(readEnvironment(env).codeHost).toMatchObject({ token: "b", apiUrl: "https://git.example/api/v3" });
    expect(readEnvironment({ ...env, GITHUB_TOKEN: "a", GITHUB_REPOSITORY: "o/n" }).codeHost).toMatchObject({
      token: "a",
      repository: "o/n",
    });
  });

  it.skipIf(process.platform === "win32")("finds the user's cache directory, ignoring relative paths", () => {
    expect(readEnvironment({ HOME: "/home/a" }).userCacheDirectory).toBe("/home/a/.cache/codeflow");
    expect(readEnvironment({ HOME: "/home/a", XDG_CACHE_HOME: "/c" }).userCacheDirectory).toBe("/c/codeflow");
    expect(readEnvironment({ HOME: "/home/a", XDG_CACHE_HOME: "c" }).userCacheDirectory).toBe(
      "/home/a/.cache/codeflow",
    );
    expect(readEnvironment({ CODEFLOW_CACHE_DIR: "relative" }).cacheDirectory).toBeUndefined();
    expect(readEnvironment({ PATH: "/usr/bin:.::bin:/bin" }).path).toEqual(["/usr/bin", "/bin"]);
  });
});

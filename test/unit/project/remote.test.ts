/** Addresses of clones. */
import { describe, expect, it } from "vitest";
import { parseRemote } from "../../../src/project/remote.ts";

describe("remote", () => {
  it.each([
    ["https://github.com/ada/shop.git", "github.com", "ada/shop"],
    ["https://github.com/ada/shop", "github.com", "ada/shop"],
    ["https://token:x@GitHub.com/ada/shop/", "github.com", "ada/shop"],
    ["git@github.com:ada/shop.git", "github.com", "ada/shop"],
    ["ssh://git@ssh.github.com:443/ada/shop.git", "ssh.github.com:443", "ada/shop"],
    ["http://127.0.0.1:8080/ada/my.shop.git", "127.0.0.1:8080", "ada/my.shop"],
  ])("%s", (url, host, slug) => {
    expect(parseRemote(url)).toEqual({ host, slug });
  });

  it.each([
    "/srv/git/shop.git",
    "../shop",
    "file:///srv/shop.git",
    "C:\\work\\shop",
    "https://gitlab.example/a/b/c.git",
    "",
  ])("%s is none", (url) => {
    expect(parseRemote(url)).toBeUndefined();
  });
});

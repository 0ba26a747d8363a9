/** Commands in comments: where they count, how they are split, what their arguments may be. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findCommand, findCommands, typeCommand } from "../../../src/model/slash-commands.ts";

describe("findCommand", () => {
  it.each<[string, string | undefined]>([
    ["/codeflow fix", "fix"],
    ["Thanks!\r\n\r\n  /CodeFlow Fix\r\n", "fix"],
    ["/codeflow", "help"],
    ["please /codeflow fix", undefined],
    ["/codeflowing fix", undefined],
    ["> /codeflow fix", undefined],
    ["    /codeflow fix", undefined],
    ["```\n/codeflow fix\n```", undefined],
    ["```\n/codeflow fix\n```\n/codeflow review", "review"],
    ["~~~~\n/codeflow fix\n~~~\n/codeflow fix\n~~~~", undefined],
    ["```sh\n/codeflow fix", undefined],
    ["<!-- hidden\n/codeflow fix\n-->\n/codeflow check", "check"],
    ["`/codeflow fix`", undefined],
    ["- ```\n  /codeflow fix\n  ```", undefined],
    ["1. ~~~\n   /codeflow fix\n   ~~~\n/codeflow check", "check"],
    ["<pre>\n/codeflow fix\n</pre>\n/codeflow check", "check"],
    ["``` `x` ```\n/codeflow fix", "fix"],
    ["- /codeflow fix", undefined],
  ])("%j has %s", (comment, name) => {
    expect(findCommand(comment)?.name).toBe(name);
  });

  it("splits by blanks and quotes", () => {
    expect(findCommand(`/codeflow ignore a/b "it's fine"  and 'so on' don't`)).toEqual({
      name: "ignore",
      arguments: ["a/b", "it's fine", "and", "so on", "don't"],
      text: `a/b "it's fine"  and 'so on' don't`,
    });
  });

  it("finds all, in order, under another prefix too", () => {
    expect(findCommands("/codeflow fix\n> /codeflow check\n/codeflow review now").map(({ name }) => name)).toEqual([
      "fix",
      "review",
    ]);
    expect(findCommand("/flow fix\n/codeflow check", "/flow")?.name).toBe("fix");
  });

  it("is not thrown at", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.constantFrom("/codeflow ", "fix", "```", "\n", "<!--", '"', "ignore a/b ", "scaffold ", "x")),
        (noise, parts) => {
          const command = findCommand(parts.join("") + noise);
          if (command !== undefined) typeCommand(command, { inThread: noise.length % 2 === 0 });
        },
      ),
    );
  });
});

describe("typeCommand", () => {
  const type = (line: string) => {
    const command = findCommand(`/codeflow ${line}`);
    if (command === undefined) throw new Error("no command");
    return typeCommand(command);
  };

  it.each<[string, Record<string, string>]>([
    ["check", {}],
    ["fix", {}],
    ["fix oxlint/no-debugger", { rule: "oxlint/no-debugger" }],
    [
      "ignore secrets/aws-access-key  it is  an example",
      { rule: "secrets/aws-access-key", reason: "it is  an example" },
    ],
    ["ignore a/b -- said so", { rule: "a/b", reason: "said so" }],
    ["explain secrets/aws-access-key", { rule: "secrets/aws-access-key" }],
    ["explain 0123456789abcdef", { fingerprint: "0123456789abcdef" }],
    ["scaffold component UserCard", { kind: "component", name: "UserCard" }],
    ["update @scope/pkg", { package: "@scope/pkg" }],
    ["approve deploy", { step: "deploy" }],
    ["help", {}],
  ])("%s", (line, expected) => {
    expect(type(line)).toMatchObject({ ok: true, arguments: expected });
  });

  it.each<[string, string]>([
    ["fxi", "did you mean `fix`?"],
    ["check now", "it takes nothing behind its name"],
    ["fix --all", "`--all` is no rule"],
    ["ignore a/b", "it needs a reason"],
    ["ignore a/b --", "it needs a reason that says something"],
    ["ignore it is fine", "`it` is no rule"],
    ["explain a/b c/d", "it takes one rule or fingerprint at most"],
    ["explain this", "`this` is neither a rule"],
    ["ignore", "it needs a rule and a reason"],
    ["scaffold componant X", "did you mean component?"],
    ["scaffold component ../../etc", "is no name"],
    ["update", "it needs a package's name"],
    ["update a; rm -rf", "it takes one package name at most"],
    ["update $(x)", "is no package name"],
    ["@everyone", "There is no command `@everyone`"],
  ])("%s is answered with %s", (line, expected) => {
    const answer = type(line);
    expect(answer.ok ? "" : answer.complaint).toContain(expected);
  });

  it("needs no rule in an answer to a finding's comment", () => {
    const inThread = (line: string) => {
      const command = findCommand(`/codeflow ${line}`);
      if (command === undefined) throw new Error("no command");
      return typeCommand(command, { inThread: true });
    };
    expect(inThread("ignore it is an example")).toEqual({
      ok: true,
      name: "ignore",
      arguments: { reason: "it is an example" },
    });
    expect(inThread("ignore a/b it is an example")).toMatchObject({
      arguments: { rule: "a/b", reason: "it is an example" },
    });
    expect(inThread("ignore")).toMatchObject({ ok: false, complaint: expect.stringContaining("it needs a reason") });
  });
});

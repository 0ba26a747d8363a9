/** What every command must have. */
import { describe, expect, it } from "vitest";
import { commands } from "../../../src/cli/index.ts";
import { createProgram } from "../../../src/cli/program.ts";

const program = await createProgram({
  version: "0.0.0",
  wanted: () => true,
  run: async () => undefined,
  writeOut: () => undefined,
  writeErr: () => undefined,
});

it("is listed in order, each file named after its command", async () => {
  const names = commands.map(({ name }) => name);
  expect(names).toEqual([...names].sort());
  for (const entry of commands) expect((await entry.load()).name).toBe(entry.name);
});

describe.each(commands)("$name", (entry) => {
  it("has an example in its help, and in that of each of its words", async () => {
    const loaded = await entry.load();
    const command = program.commands.find((one) => one.name() === entry.name);
    for (const one of [command, ...(command?.commands ?? [])]) {
      let help = "";
      one?.configureOutput({ writeOut: (text) => (help += text) });
      one?.outputHelp();
      expect(help, one?.name()).toMatch(/Examples:\n {2}(?:codeflow|source|echo)/);
      // Examples are calls of this very command.
      expect(help.slice(help.indexOf("Examples:"))).toContain(`codeflow ${entry.name}`);
    }
    if ("subcommands" in loaded) {
      expect(loaded.subcommands.some(({ name }) => name === loaded.byDefault) || loaded.byDefault === undefined).toBe(
        true,
      );
    }
  });

  it("takes the options that every command takes", () => {
    const command = program.commands.find((one) => one.name() === entry.name);
    const leaves = command?.commands.length === 0 ? [command] : (command?.commands ?? []);
    for (const leaf of leaves) {
      const flags = leaf.options.map(({ long }) => long);
      expect(flags).toEqual(expect.arrayContaining(["--cwd", "--quiet", "--verbose", "--no-color"]));
    }
  });
});

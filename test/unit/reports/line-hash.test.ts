/** `primaryLocationLineHash`: the values that github/codeql-action's own code gave for these texts. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashLines } from "../../../src/reports/line-hash.ts";

const last = "c129715d7a2bc9a3:1";

describe("hashes of lines", () => {
  it.each([
    ["", [last]],
    ["one", ["37d1a24550e3f429:1"]],
    ["one\n", ["f24741a93d04f387:1", last]],
    // White space between CR and LF makes them two line ends.
    [
      "a \r \nb\r\n\r\tc\r",
      [
        "96083be4bb8706d3:1",
        "4a6fa25a426274bc:1",
        "ca025105991a4cc2:1",
        "f2078d1c7c7b87e:1",
        "3791504be0bd17cc:1",
        last,
      ],
    ],
    ["\ufeffbom 漢字 𐐀\n".repeat(3), ["bdf3f8288db38a8a:1", "492537f08d284cd1:1", "1d3f94c7e08bd1b4:1", last]],
    [
      "same line of text that repeats\n".repeat(9),
      [
        "e068b59d056bfbb2:1",
        "e068b59d056bfbb2:2",
        "e068b59d056bfbb2:3",
        "e068b59d056bfbb2:4",
        "e068b59d056bfbb2:5",
        "e068b59d056bfbb2:6",
        "779eea2bba266fe0:1",
        "1dd84e4fea3cf7a9:1",
        "4a465bf46edb4a2a:1",
        last,
      ],
    ],
    [`${"x".repeat(250)}\ny`, ["52b56201ffb58620:1", "ed3261245082261c:1"]],
  ])("%j", (text, expected) => {
    expect(hashLines(text)).toEqual(expected);
  });

  it("are the polynomial over a hundred characters that they are defined as", () => {
    // The definition, written down plainly: no rolling, no halves.
    const plain = (text: string): string[] => {
      const kept = text.replace(/[ \t]/g, "");
      const characters = [
        ...kept
          .replace(/\r\n?/g, "\n")
          .split("")
          .map((c) => c.charCodeAt(0)),
        0xffff,
      ];
      const starts = characters.flatMap((_, i) => (i === 0 || characters[i - 1] === 10 ? [i] : []));
      return starts.map((start) => {
        let hash = 0n;
        for (let i = 0; i < 100; i++) hash = (hash * 37n + BigInt(characters[start + i] ?? 0)) & 0xffff_ffff_ffff_ffffn;
        return hash.toString(16);
      });
    };
    const lines = fc.array(
      fc.string({ unit: fc.constantFrom("a", "b", " ", "\t", "é", "漢", "\uffff"), maxLength: 130 }),
    );
    fc.assert(
      fc.property(lines, fc.constantFrom("\n", "\r\n", "\r"), (parts, end) => {
        const text = parts.join(end);
        expect(hashLines(text).map((hash) => hash.split(":")[0])).toEqual(plain(text));
      }),
    );
  });
});

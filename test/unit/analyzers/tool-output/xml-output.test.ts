/** The flat XML of checkstyle and cppcheck: whole or refused. */
import { describe, expect, it } from "vitest";
import { readXml } from "../../../../src/analyzers/tool-output/xml-output.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<!-- a > b -->
<results version="2">
  <errors>
    <error id="x" msg="a &lt; &apos;b&apos; &#233;&#x1F6D2; &amp;amp; 1 > 0" other='"quoted"'/>
    <error id="y"></error>
  </errors>
</results>
`;

describe("a report", () => {
  it("is read with its entities", () => {
    const root = readXml("tool", report);
    expect(root.name).toBe("results");
    const [errors] = root.children;
    expect(errors?.children.map(({ attributes }) => attributes)).toEqual([
      { id: "x", msg: "a < 'b' é🛒 &amp; 1 > 0", other: '"quoted"' },
      { id: "y" },
    ]);
  });

  it("is refused when any part of its end is missing", () => {
    const whole = report.trimEnd();
    for (let length = 0; length < whole.length; length++) {
      expect(() => readXml("tool", whole.slice(0, length)), `${length} characters`).toThrow();
    }
  });

  it.each(["<a></b>", "<a/><b/>", "text <a/> text", "<a x=1/>", "<a>", "</a>", "<a/> trailing"])(
    "is not %s",
    (text) => {
      expect(() => readXml("tool", text)).toThrow();
    },
  );
});

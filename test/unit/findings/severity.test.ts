import { describe, expect, it } from "vitest";
import { createRuleResolver } from "../../../src/findings/severity.ts";
import type { RuleDefinition } from "../../../src/model/rule.ts";

function rule(id: string, recommended: boolean): [string, RuleDefinition] {
  return [id, { id, summary: "", category: "correctness", severity: "warning", recommended }];
}

const definitions = new Map([rule("ruff/S101", true), rule("ruff/D100", false), rule("todo/old", false)]);

function resolver(
  rules: Record<string, "error" | "warning" | "info" | "off">,
  overrides: { files: string[]; rules: typeof rules }[] = [],
) {
  return createRuleResolver({ rules, overrides }, definitions);
}

describe("createRuleResolver", () => {
  it("goes by the recommendation without settings, and lets unknown rules of open engines be", () => {
    const { isOn } = resolver({});
    expect([isOn("ruff/S101"), isOn("ruff/D100"), isOn("eslint/anything")]).toEqual([true, false, true]);
  });

  it("turns a rule on by its id, not by a pattern that also sets a severity", () => {
    expect(resolver({ "ruff/D100": "info" }).isOn("ruff/D100", "a.py")).toBe(true);
    expect(resolver({ "ruff/*": "info" }).isOn("ruff/D100", "a.py")).toBe(false);
    expect(resolver({ "ruff/*": "info" }).isOn("ruff/S101", "a.py")).toBe(true);
    expect(resolver({ "ruff/*": "off" }).isOn("ruff/S101", "a.py")).toBe(false);
  });

  it("lets the most specific pattern win, the later one among equals", () => {
    const { severityOf } = resolver({ "ruff/S101": "error", "ruff/S*": "info", "ruff/*": "warning", "*": "error" });
    const of = (id: string) => severityOf(id, "a.py", "warning");
    expect([of("ruff/S101"), of("ruff/S102"), of("ruff/E1"), of("x/y")]).toEqual(["error", "info", "warning", "error"]);
    expect(resolver({ "ruff/*1": "info", "ruff/1*": "error" }).severityOf("ruff/11", "a", "warning")).toBe("error");
  });

  it("lets overrides beat the top level for their files, the later override the earlier", () => {
    const { isOn, isOff, severityOf } = resolver({ "ruff/S101": "error" }, [
      { files: ["test/**"], rules: { "ruff/*": "off" } },
      { files: ["test/keep.py"], rules: { "ruff/S101": "info" } },
    ]);
    expect([isOn("ruff/S101", "a.py"), isOn("ruff/S101", "test/a.py"), isOn("ruff/S101", "test/keep.py")]).toEqual([
      true,
      false,
      true,
    ]);
    expect([isOff("ruff/S101", "a.py"), isOff("ruff/S101", "test/a.py")]).toEqual([false, true]);
    expect(severityOf("ruff/S101", "test/keep.py", "warning")).toBe("info");
    expect(severityOf("ruff/S101", "a.py", "warning")).toBe("error");
    expect(severityOf("x/y", "a.py", "info")).toBe("info");
  });

  it("says without a path whether a rule is on anywhere", () => {
    const { isOn } = resolver({ "ruff/S101": "off" }, [{ files: ["src/**"], rules: { "ruff/D100": "error" } }]);
    expect(isOn("ruff/D100")).toBe(true);
    expect(isOn("ruff/S101")).toBe(false);
    expect(
      resolver({ "ruff/S101": "off" }, [{ files: ["src/**"], rules: { "ruff/S101": "error" } }]).isOn("ruff/S101"),
    ).toBe(true);
  });

  it("is cheap when asked again", () => {
    const { isOn } = resolver(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x${i}/*`, "off" as const])), [
      { files: ["test/**"], rules: {} },
    ]);
    const start = performance.now();
    for (let i = 0; i < 200_000; i++) isOn("ruff/S101", `src/${i % 1000}.py`);
    expect(performance.now() - start).toBeLessThan(300);
  });

  it("lists the rules that are named for a path, and not turned off there", () => {
    const { namedOf } = resolver({ "ruff/E711": "info", "ruff/E*": "error", "oxlint/eqeqeq": "error" }, [
      { files: ["lib/**"], rules: { "ruff/T201": "warning", "ruff/E711": "off" } },
    ]);
    expect(namedOf("ruff", "a.py")).toEqual(["ruff/E711"]);
    expect(namedOf("ruff", "lib/a.py")).toEqual(["ruff/T201"]);
    expect(namedOf("oxlint", "lib/a.py")).toEqual(["oxlint/eqeqeq"]);
  });
});

/** The order of versions in each ecosystem, OSV's ranges, and CVSS scores against published ones. */
import { describe, expect, it } from "vitest";
import {
  cvss3Score,
  levelOf,
  matchRecord,
  type OsvRecord,
  versionOrder,
} from "../../../../src/actions/quality/osv-records.ts";

describe("versions, oldest first", () => {
  it.each([
    [
      "npm",
      ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0"],
    ],
    ["PyPI", ["1.0.dev1", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0.post1", "1.1", "1.10", "1!0.5"]],
    ["crates.io", ["0.1.0", "0.2.0-rc.1", "0.2.0"]],
    ["Go", ["v0.0.0-20200101000000-abcdefabcdef", "v0.1.0", "v1.2.3", "v2.0.0+incompatible"]],
    ["RubyGems", ["1.0.a", "1.0.rc1", "1.0", "1.0.1", "1.0.10", "1.1-java"]],
    ["Packagist", ["1.0.0-dev", "1.0.0-alpha1", "v1.0.0-beta2", "1.0.0-RC1", "1.0.0", "1.0.0-p1", "1.0.0.1", "1.10"]],
  ] as const)("of %s", async (ecosystem, versions) => {
    const order = await versionOrder(ecosystem);
    const shuffled = versions.toReversed();
    expect(shuffled.sort(order)).toEqual(versions);
  });

  it("refuses what is no version", async () => {
    for (const ecosystem of ["npm", "PyPI", "Packagist", "RubyGems"] as const) {
      const order = await versionOrder(ecosystem);
      expect(() => order("not a version", "1.0.0")).toThrow();
    }
  });
});

const record = (events: readonly Record<string, string>[], more: object = {}): OsvRecord => ({
  id: "TEST-1",
  affected: [
    { package: { ecosystem: "PyPI", name: "Some_Package" }, ranges: [{ type: "ECOSYSTEM", events }], ...more },
  ],
});

describe("ranges", () => {
  it.each([
    ["0.9", [{ introduced: "1.0" }, { fixed: "1.5" }], undefined],
    ["1.0", [{ introduced: "1.0" }, { fixed: "1.5" }], ["1.5"]],
    ["1.5rc1", [{ introduced: "0" }, { fixed: "1.5" }], ["1.5"]],
    ["1.5", [{ introduced: "0" }, { fixed: "1.5" }], undefined],
    ["2.1", [{ introduced: "0" }, { fixed: "1.5" }, { introduced: "2.0" }, { fixed: "2.2" }], ["2.2"]],
    ["2.2", [{ introduced: "0" }, { last_affected: "2.2" }], []],
    ["2.3", [{ introduced: "0" }, { last_affected: "2.2" }], undefined],
    ["3.0", [{ introduced: "0" }, { limit: "3.0" }], undefined],
    ["3.0", [{ introduced: "0" }, { limit: "*" }, { limit: "2.0" }], []],
    ["0.10", [{ introduced: "0.10" }, { fixed: "0.10" }], undefined],
  ])("%s in %j: %j", async (version, events, expected) => {
    const order = await versionOrder("PyPI");
    const match = matchRecord(record(events as Record<string, string>[]), "PyPI", "some-package", version, order);
    expect(match?.fixed).toEqual(expected);
  });

  it.each([
    ["1.9", "< 2.0", true],
    ["2.0", "< 2.0", false],
    ["2.0", "<= 2.0", true],
    ["2.1", "<= 2.0", false],
  ])("%s with a last known range of %s: %s", async (version, known, isAffected) => {
    const order = await versionOrder("PyPI");
    const open = record([{ introduced: "0" }], { database_specific: { last_known_affected_version_range: known } });
    expect(matchRecord(open, "PyPI", "some-package", version, order) !== undefined).toBe(isAffected);
  });

  it("counts listed versions, and leaves out withdrawn records and other packages", async () => {
    const order = await versionOrder("PyPI");
    const listed = record([{ introduced: "9" }], { versions: ["1.1"] });
    expect(matchRecord(listed, "PyPI", "some.package", "1.1", order)).toEqual({ fixed: [] });
    expect(
      matchRecord({ ...listed, withdrawn: "2026-01-01T00:00:00Z" }, "PyPI", "some.package", "1.1", order),
    ).toBeUndefined();
    expect(matchRecord(listed, "PyPI", "other", "1.1", order)).toBeUndefined();
    expect(matchRecord(listed, "npm", "some.package", "1.1", order)).toBeUndefined();
  });
});

describe("severity", () => {
  // Scores as published in the examples of the CVSS 3.1 specification's user guide.
  it.each([
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1],
    ["CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10],
    ["CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8],
    ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0],
    ["CVSS:3.1/AV:N", undefined],
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", undefined],
  ])("%s: %s", (vector, score) => {
    expect(cvss3Score(vector)).toBe(score);
  });

  it("believes the database's word before the vector", () => {
    const vector = [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }];
    expect(levelOf({ id: "A", affected: [], severity: vector })).toBe("critical");
    expect(levelOf({ id: "A", affected: [], severity: vector, database_specific: { severity: "MODERATE" } })).toBe(
      "moderate",
    );
    expect(levelOf({ id: "A", affected: [] })).toBe("unknown");
  });

  it("knows malicious packages and mere notices", () => {
    expect(levelOf({ id: "MAL-2026-1", affected: [] })).toBe("critical");
    const notice = { database_specific: { informational: "unmaintained" } };
    expect(levelOf({ id: "RUSTSEC-2026-0001", affected: [notice] })).toBe("low");
    expect(levelOf({ id: "RUSTSEC-2026-0002", affected: [notice, {}] })).toBe("unknown");
    expect(
      levelOf({
        id: "RUSTSEC-2026-0003",
        affected: [notice],
        severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
      }),
    ).toBe("critical");
  });
});

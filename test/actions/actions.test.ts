/**
 * Cases of actions: `test/actions/<id>/<case>/case.yml`, in the format of `case.ts`, without code of their own.
 * `UPDATE_GOLDEN=1` rewrites `expect.outputs` where `expect.golden` is true; read the diff. `ACTION=pr.` runs a part.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseDocument } from "yaml";
import { actions } from "../../src/actions/index.ts";
import { caseSchema } from "./case.ts";
import { hasChromium, runAction, verify } from "./run-case.ts";
import { CaseWorld } from "./world.ts";

describe("actions, cases", () => {
  for (const { id, load } of actions) {
    if (!id.startsWith(process.env["ACTION"] ?? "")) continue;
    const folder = join(import.meta.dirname, id);
    const names = existsSync(folder) ? readdirSync(folder).sort() : [];
    it(`${id} has a case`, () => {
      expect(names.length).toBeGreaterThan(0);
    });
    for (const name of names) {
      const file = join(folder, name, "case.yml");
      const isSkipped = !hasChromium && /^browser: true$/m.test(readFileSync(file, "utf8"));
      it.skipIf(isSkipped)(`${id}/${name}${isSkipped ? " (no Chromium on this machine)" : ""}`, async () => {
        const given = caseSchema.parse(parse(readFileSync(file, "utf8")));
        const world = await CaseWorld.open(given);
        try {
          const result = await runAction(await load(), world);
          if (given.expect.golden && process.env["UPDATE_GOLDEN"] === "1") rewrite(file, result.outputs);
          else verify(given, world, result);
        } finally {
          await world.close();
        }
      });
    }
  }
});

function rewrite(file: string, outputs: unknown): void {
  const document = parseDocument(readFileSync(file, "utf8"));
  document.setIn(["expect", "outputs"], outputs);
  writeFileSync(file, document.toString());
}

import { test } from "vitest";

test("refuses a body", async () => {
  await assert.rejects(() => fetch("/x", { method: "GET", body: "a" }));
});

test("throws", () => {
  const value = {
    toJSON() {
      throw new Error("caught");
      return "never";
    },
  };
  JSON.stringify(value);
});

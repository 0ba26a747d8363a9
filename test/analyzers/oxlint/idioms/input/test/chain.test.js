import { find } from "../src/find.js";
it("finds", () => {
  expect((find()?.first).name).toBe("a");
});

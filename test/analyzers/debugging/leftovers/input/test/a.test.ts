describe("sum", () => {
  it.only("adds", () => {});
  it("says", () => { console.log("here"); });
});

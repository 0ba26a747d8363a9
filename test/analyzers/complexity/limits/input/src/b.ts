// é😀 before everything
export const load = async (a: string, b = () => 1, ...rest: number[]) => {
  if (a) for (const x of rest) while (x) if (b() && a) return 1;
  return 2;
};
app.get("/users", (request, response) => {
  if (request.a || request.b) { for (;;) { if (request.c) break; } }
});
class A { run() { if (a) for (;;) while (b) if (c) d(); } }
class B { run() { if (a) for (;;) while (b) if (c) d(); } }

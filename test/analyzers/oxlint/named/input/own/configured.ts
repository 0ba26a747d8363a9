export function g(x: any): boolean {
  debugger;
  console.log(x);
  try {
    console.log(x);
  } catch {}
  if (x) {}
  return x == null || x == 1;
}

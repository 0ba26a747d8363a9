export function f(x: any): boolean {
  console.log(x);
  return x == 1;
}

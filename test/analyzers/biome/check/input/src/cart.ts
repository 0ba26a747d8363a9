import { b, a } from "./names.ts";

export function total(lines: { price: number; kind: string }[]): number {
  const label = "🛒 café"; let sum = 0;
  for (const line of lines) {
    if (line.kind == "gift") continue;
    sum += line.price;
  }
  debugger;
  return sum + a + b;
}

export function total(lines) {
  let naïve = "🛒 café"; let sum = 0;
  for (const line of lines) {
    if (line.kind == "gift") continue;
    sum += line.price;
  }
  const unused = "\#";
  return sum;
}

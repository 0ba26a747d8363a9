export function off(a) {
  if (false && a) return 1;
  return a;
}

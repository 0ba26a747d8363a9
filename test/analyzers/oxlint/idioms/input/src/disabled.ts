export async function stats(user: { stats(): Promise<number> }): Promise<number> {
  throw new Error("This endpoint is currently disabled");
  const all = await user.stats();
  return all;
}

export function has(event: { target: unknown }): boolean {
  if (event.target instanceof HTMLButtonElement) return "data-next" in event.target?.attributes;
  return false;
}

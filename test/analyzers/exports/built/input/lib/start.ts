import { describe } from "./types/api.ts";

export function start(): void {
  process.stdout.write(describe());
}

start();
export const lonely = 1;

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Real processes, real git: generous for a loaded two-core machine, never the thing being tested.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Inputs of golden cases may look like tests themselves.
    exclude: ["test/**/input/**", "node_modules/**"],
    // Real processes, real git: generous for a loaded two-core machine, never the thing being tested.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    // Much of the time is spent waiting for other processes: two at once also where there are two cores.
    maxWorkers: 2,
  },
});

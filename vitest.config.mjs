import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "e2e/**/*.test.ts", "bench/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Tests wait as long as they compute.
    maxWorkers: 3,
    // A test that asserts nothing cannot fail.
    expect: { requireAssertions: true },
  },
});

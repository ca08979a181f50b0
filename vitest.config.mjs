import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Tests wait as long as they compute.
    maxWorkers: 3,
    // A test that asserts nothing cannot fail.
    expect: { requireAssertions: true },
    projects: [
      {
        extends: true,
        // Files share a process, for starting one and importing everything takes longer than most of them.
        test: {
          name: "units",
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "bench/**/*.test.ts"],
          isolate: false,
        },
      },
      { extends: true, test: { name: "whole", include: ["e2e/**/*.test.ts"] } },
    ],
  },
});

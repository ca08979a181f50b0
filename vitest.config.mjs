import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Ten times what the slowest takes on an idle machine: a test fails by what it finds, not by what runs beside it.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Tests wait as long as they compute.
    maxWorkers: 4,
    expect: {
      // A test that asserts nothing cannot fail.
      requireAssertions: true,
      // What is to come has a second otherwise.
      poll: { timeout: 60_000 },
    },
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

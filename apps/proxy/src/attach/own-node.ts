/**
 * How a shim starts its own Node: without what the environment says to the Nodes of the app. `NODE_OPTIONS` may load modules into each
 * or have each listen for a debugger, and to read the certificates of `NODE_EXTRA_CA_CERTS` takes tens of milliseconds. The shim bundles
 * this file.
 */
import type { Variables } from "./settings.ts";

/** Under their name with this behind it they reach the shim, which gives them to the worker under their own. */
const KEPT = "_";
const APART = ["NODE_OPTIONS", "NODE_EXTRA_CA_CERTS"];

/** What an `env -S` takes as it is. */
const PLAIN = /^[\w./@+-]+$/u;
/** The longest first line that every Linux takes whole; newer ones, and macOS, take more. */
const MAX_SHEBANG = 120;

/**
 * The first line of a script that runs with Node, apart from the app's settings where that can be.
 * @param runs whether the system runs a script that begins with this line, and how `env` should
 */
export function interpreterLine(node: string, runs: (line: string) => boolean): string {
  const apart = [...APART.map((name) => `-u ${name}`), ...APART.map((name) => `${name}${KEPT}=\${${name}}`), node];
  const line = `#!/usr/bin/env -S ${apart.join(" ")}`;
  if (PLAIN.test(node) && runs(line)) {
    return line;
  }
  // The system cuts an interpreter's path at a blank.
  const isWhole = !/\s/u.test(node) && node.length < MAX_SHEBANG;
  return `#!${isWhole ? node : "/usr/bin/env node"}`;
}

/** For the shim: its environment as the host gave it. One that was set to nothing is not set. */
export function givenEnvironment(own: Variables): Variables {
  const given = { ...own };
  for (const name of APART) {
    const kept = given[name + KEPT];
    delete given[name + KEPT];
    if (kept !== undefined && kept !== "") {
      given[name] = kept;
    }
  }
  return given;
}

/** A script that tells whether an {@link interpreterLine} does what it is to, run in {@link PROBE_ENVIRONMENT}. */
export const PROBE_SCRIPT = `process.exitCode = process.env.NODE_OPTIONS === undefined && process.env.NODE_OPTIONS${KEPT} === "--no-deprecation --no-warnings" ? 0 : 1;\n`;
export const PROBE_ENVIRONMENT = { NODE_OPTIONS: "--no-deprecation --no-warnings", PATH: process.env["PATH"] };

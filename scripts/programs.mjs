import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findBrowser } from "./browser.mjs";
import { run } from "./install.mjs";

/** Programs from elsewhere that tests need, with the Debian package of each. */
const PROGRAMS = [
  { debianPackage: "chromium-headless-shell", isThere: () => findBrowser() !== undefined },
  // Tests that compare our reading of HTTP/2 with Wireshark's.
  { debianPackage: "tshark", isThere: () => isOnPath("tshark") },
  // Tests that open a capture of what a relay recorded.
  { debianPackage: "tcpdump", isThere: () => isOnPath("tcpdump") },
];

/** Installs what is missing, where that can be done without asking: on Debian, by root. */
export function installPrograms() {
  const missing = PROGRAMS.filter(({ isThere }) => !isThere()).map(({ debianPackage }) => debianPackage);
  if (missing.length === 0 || !existsSync("/usr/bin/apt-get") || process.getuid?.() !== 0) {
    return;
  }
  console.log(`Installing ${missing.join(" and ")} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "-qq"], { env });
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], { env, stdio: "ignore" });
}

function isOnPath(program) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}

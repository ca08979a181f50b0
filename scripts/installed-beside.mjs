import { readFileSync } from "node:fs";

/** What npm installs beside the command; everything of our own, and whatever that needs, is in the bundle. */
export function installedBeside() {
  const { dependencies } = JSON.parse(readFileSync("apps/proxy/package.json", "utf8"));
  return Object.fromEntries(Object.entries(dependencies).filter(([name]) => !name.startsWith("@inspector/")));
}

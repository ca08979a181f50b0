import { existsSync } from "node:fs";

/** The Chromium that pages are tested and photographed with: the one that INSPECTOR_BROWSER names, or where it usually is. */
export function findBrowser() {
  const candidates = [
    process.env.INSPECTOR_BROWSER,
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ];
  return candidates.find((path) => path !== undefined && existsSync(path));
}

/** Shows the page in the browser. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { reasonOf } from "@inspector/contract/inspector-error";
import { openStateFolder } from "@inspector/hub/state-folder";
import { say } from "../output.ts";

/** A browser has read the file by then. */
const KEPT_MS = 60_000;

/**
 * Opens a file that leads to the page, because every user of the machine sees what programs are started with, and the link has
 * the token. That no browser can be started is no reason to stop: the link is printed as well.
 */
export async function openPage(url: string): Promise<void> {
  try {
    const file = writeRedirect(url);
    const { default: open } = await import("open");
    await open(file);
  } catch (cause) {
    say(`no browser could be started (${reasonOf(cause)}); open ${url}`);
  }
}

/** @returns a file for this user only, in a folder for this user only, which are removed after a while and at the end */
function writeRedirect(url: string): string {
  const folder = mkdtempSync(join(dirname(openStateFolder().sessions), "open-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  setTimeout(remove, KEPT_MS).unref();
  const file = join(folder, "inspector.html");
  const target = url.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  writeFileSync(
    file,
    `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>inspector</title>\n` +
      `<meta http-equiv="refresh" content="0; url=${target}"><a href="${target}">inspector</a>\n`,
    { mode: 0o600, flag: "wx" },
  );
  return file;
}

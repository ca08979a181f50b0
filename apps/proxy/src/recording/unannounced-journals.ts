/** Folders of journals whose relay was killed before it had said what they are. */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { reasonOf } from "@inspector/contract/inspector-error";
import type { StateFolder } from "@inspector/hub/state-folder";
import { say } from "../output.ts";

/** What a relay makes first, long after it has said what they are. */
const OLD_MS = 60 * 60_000;
/** A relay that forwards has made both before. */
const ANNOUNCED = ["journal.json", "control.sock"];

/** Removes them: nothing had been forwarded, and each takes the room of its first segments. */
export function removeUnannounced({ journals }: StateFolder): void {
  for (const name of readdirSync(journals)) {
    const folder = join(journals, name);
    try {
      const isAnnounced = ANNOUNCED.some((file) => existsSync(join(folder, file)));
      const stat = statSync(folder, { throwIfNoEntry: false });
      if (!isAnnounced && stat?.isDirectory() === true && Date.now() - stat.mtimeMs > OLD_MS) {
        rmSync(folder, { recursive: true, force: true });
      }
    } catch (error) {
      say(`${folder} could not be removed: ${reasonOf(error)}`);
    }
  }
}

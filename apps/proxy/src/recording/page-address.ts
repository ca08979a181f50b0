/** Where the page of a running recording is, for other commands of the same user. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { InspectorError } from "@inspector/contract/inspector-error";
import { allJournals } from "@inspector/hub/ingest/journals";
import type { StateFolder } from "@inspector/hub/state-folder";
import { type Address, formatAddress } from "../address.ts";
import { readPlainText } from "../read-file.ts";
import { isRunning } from "./recover.ts";

/** Beside the journal; gone with it. */
const FILE = "page.json";

/** `url` has the page's token, so that the file is for its owner only. `listen` has each port of the relay. */
type PageAddress = { readonly listen: readonly string[]; readonly url: string };

/** The link to the page. A server on every address of this machine is reached here by that of the loopback. */
export function pageUrl({ host, port }: Address, token: string): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${formatAddress({ host: reachable, port })}/?token=${token}`;
}

/** Without it, on a full disk, the recording works all the same; it only is not found by others. */
export function tellPageAddress(journal: string, listen: Iterable<Address>, url: string): void {
  const address: PageAddress = { listen: [...listen].map(formatAddress), url };
  try {
    writeFileSync(join(journal, FILE), JSON.stringify(address), { mode: 0o600 });
  } catch {}
}

export type RunningRecording = { readonly url: string; readonly session: string };

/**
 * The recording whose relay listens there.
 * @throws {InspectorError} "no-such-recording"
 */
export async function findRecording(state: StateFolder, listen: Address): Promise<RunningRecording> {
  const others: string[] = [];
  for (const journal of allJournals(state.journals)) {
    const address = readAddress(journal.directory);
    if (address === undefined || !(await isRunning(journal))) {
      continue;
    }
    if (address.listen.some((own) => isHeardAt(own, listen))) {
      return { url: address.url, session: journal.session };
    }
    others.push(...address.listen);
  }
  throw new InspectorError("no-such-recording", `No inspector of yours listens on ${formatAddress(listen)}`, {
    hint:
      others.length === 0
        ? "Start one, and a worker through it: inspector host ./my-app"
        : `There is one on ${others.join(" and one on ")}.`,
  });
}

const LOOPBACK = ["127.0.0.1", "localhost", "::1"];
const ANY = ["0.0.0.0", "::"];

/** Whether one who listens there is reached by a name or address of this machine. */
function isHeardAt(listen: string, { host, port }: Address): boolean {
  const [name = ""] = /^.*(?=:\d+$)/u.exec(listen) ?? [];
  if (!listen.endsWith(`:${port}`)) {
    return false;
  }
  const heard = name.replaceAll(/[[\]]/gu, "");
  return heard === host || ANY.includes(heard) || (LOOPBACK.includes(heard) && LOOPBACK.includes(host));
}

function readAddress(journal: string): PageAddress | undefined {
  try {
    const value: unknown = JSON.parse(readPlainText(join(journal, FILE)));
    if (typeof value !== "object" || value === null || !("listen" in value) || !("url" in value)) {
      return undefined;
    }
    return { listen: Array.isArray(value.listen) ? value.listen.map(String) : [], url: String(value.url) };
  } catch {
    return undefined; // Of an older inspector, being made, or being removed.
  }
}

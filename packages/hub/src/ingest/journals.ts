/** The journals in a folder, by what each says of itself. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ProcessIdentity, parseProcessIdentity } from "@inspector/relay/process-identity";
import { isSameFile } from "../same-file.ts";

/** Journals that belong to a session, oldest first. */
export function journalsOf(journals: string, session: string): FoundJournal[] {
  return allJournals(journals)
    .filter((journal) => journal.session === session)
    .sort((a, b) => a.startedAt - b.startedAt);
}

/** The same of a session whose file may go by another name: through a link, for example. */
export function journalsOfFile(journals: string, file: string): FoundJournal[] {
  return allJournals(journals).filter(({ session }) => isSameFile(session, file));
}

export type FoundJournal = {
  readonly name: string;
  readonly directory: string;
  readonly control: string;
  readonly session: string;
  readonly startedAt: number;
  /** The relay's process; undefined in journals of older versions. */
  readonly process: ProcessIdentity | undefined;
  /** Folders of this relay's with links to shared memory that is to be copied. */
  readonly links: readonly string[];
};

export function allJournals(journals: string): FoundJournal[] {
  if (!existsSync(journals)) {
    return [];
  }
  return readdirSync(journals).flatMap((name) => {
    const directory = join(journals, name);
    const file = join(directory, "journal.json");
    try {
      if (!statSync(file).isFile()) {
        return []; // A pipe would be waited for.
      }
      const value: unknown = JSON.parse(readFileSync(file, "utf8"));
      if (typeof value !== "object" || value === null || !("session" in value) || !("control" in value)) {
        return [];
      }
      const startedAt = "startedAt" in value ? Number(value.startedAt) : 0;
      const links = "links" in value && Array.isArray(value.links) ? value.links.map(String) : [];
      const process = parseProcessIdentity("process" in value ? value.process : undefined);
      const { control, session } = value;
      return [{ name, directory, control: String(control), session: String(session), startedAt, process, links }];
    } catch {
      return []; // Being made, or being removed.
    }
  });
}

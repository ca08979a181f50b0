/** Brings what killed relays left in their journals into the sessions it belongs to. */
import { connect } from "node:net";
import { reasonOf } from "@inspector/contract/inspector-error";
import { allJournals, type FoundJournal, journalsOfFile } from "@inspector/hub/ingest/journals";
import { isGone } from "@inspector/hub/ingest/relay-link";
import { isSameFile } from "@inspector/hub/same-file";
import type { StateFolder } from "@inspector/hub/state-folder";
import { formatSize } from "../size.ts";
import { VERSION } from "../version.ts";

/**
 * Recovers every journal whose relay does not run any more.
 *
 * @param except a session that is about to be recorded into: its hub reads the old journal before the new one.
 */
export async function recoverJournals(
  state: StateFolder,
  except: string | undefined,
  say: (line: string) => void,
): Promise<void> {
  const sessions = new Set<string>();
  for (const journal of allJournals(state.journals)) {
    const isExcepted = except !== undefined && isSameFile(journal.session, except);
    if (!isExcepted && !(await isRunning(journal))) {
      sessions.add(journal.session);
    }
  }
  for (const session of sessions) {
    await recover(state, session, say);
  }
}

/**
 * Recovers what killed relays left of one session, if they left anything.
 * @throws the signal's reason; what is not recovered by then stays in its journal
 */
export async function recoverSession(
  state: StateFolder,
  session: string,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const journals = journalsOfFile(state.journals, session);
  const running = await Promise.all(journals.map(isRunning));
  // Where one is written to still, its hub reads the others first.
  if (journals.length > 0 && !running.includes(true)) {
    await recover(state, session, say, signal);
  }
}

async function recover(
  { journals }: StateFolder,
  session: string,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  say(`a recording was cut short; what it has not stored yet is brought into ${session}`);
  try {
    const { drainSession } = await import("./drain.ts");
    const { messages, bytes } = await drainSession(session, journals, VERSION, signal);
    say(`recovered a recording that was cut short: ${messages} messages (${formatSize(bytes)}) in ${session}`);
  } catch (error) {
    signal?.throwIfAborted();
    say(`could not recover ${session}: a part of it stays in its journal (${reasonOf(error)})`);
  }
}

/** Whether an inspector records into this session right now. */
export async function isBeingRecorded(state: StateFolder, session: string): Promise<boolean> {
  return (await Promise.all(journalsOfFile(state.journals, session).map(isRunning))).includes(true);
}

/** Whether a part of this session is, or may be, in a journal alone. */
export function hasJournal(state: StateFolder, session: string): boolean {
  return journalsOfFile(state.journals, session).length > 0;
}

/** Whether the relay that writes this journal runs, or may run. */
export function isRunning({ control, process }: Pick<FoundJournal, "control" | "process">): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(control);
    socket.on("error", (error: NodeJS.ErrnoException) => answer(!isGone(error, process)));
    socket.on("connect", () => {
      socket.destroy();
      answer(true);
    });
  });
}

import { resolve } from "node:path";
import { InspectorError } from "@inspector/contract/inspector-error";
import { listSessions, openStateFolder } from "@inspector/hub/state-folder";
import { say } from "../output.ts";
import { recoverSession } from "../recording/recover.ts";

/** The session a command was given, or the newest that is kept. @throws {InspectorError} "no-such-session" */
export function sessionArgument(file: string | undefined): string {
  if (file !== undefined) {
    return resolve(file);
  }
  const [newest] = listSessions(openStateFolder());
  if (newest !== undefined) {
    return newest.file;
  }
  throw new InspectorError("no-such-session", "No session is kept yet", {
    hint: "Name a session file, or record one: inspector demo",
  });
}

/** As {@link sessionArgument}, with what a recording that was cut short has left in its journal. */
export async function wholeSession(file: string | undefined): Promise<string> {
  const session = sessionArgument(file);
  await recoverSession(openStateFolder(), session, say);
  return session;
}

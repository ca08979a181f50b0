import { resolve } from "node:path";
import { InspectorError } from "@inspector/contract/inspector-error";
import { listSessions, openStateFolder } from "@inspector/hub/state-folder";

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

/** `inspector open [FILE]` */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { visibleLine } from "@inspector/contract/visible-text";
import { createHub } from "@inspector/hub/hub";
import { listSessions, openStateFolder } from "@inspector/hub/state-folder";
import { print, printJson } from "../output.ts";
import { pageUrl } from "../recording/page-address.ts";
import { formatSize } from "../size.ts";
import { VERSION } from "../version.ts";
import { openPage } from "./open-page.ts";
import { PAGE_OPTIONS, parseOptions, recordingValues } from "./options.ts";
import { unpackSession } from "./unpack-session.ts";
import { listenForStop, untilStopped } from "./until-stopped.ts";

export async function open(args: readonly string[]): Promise<number> {
  const stop = listenForStop();
  const { values, positionals } = parseOptions("open", args, PAGE_OPTIONS, 1);
  const [file] = positionals;
  if (file === undefined) {
    print(describeSessions());
    return 0;
  }
  const { ui, allowedOrigins, isJson, isOpening } = recordingValues(values, { host: "127.0.0.1", port: 0 });
  const session = await unpackSession(resolve(file));
  const token = randomBytes(16).toString("base64url");
  const hub = await createHub(
    {
      session,
      ...ui,
      allowedOrigins,
      token,
      version: VERSION,
      page: fileURLToPath(new URL("./page", import.meta.url)),
    },
    { onProgress() {}, onMoved() {} },
  );
  const url = pageUrl(hub.address, token);
  if (isJson) {
    printJson({ ready: true, ui: url, session });
  } else {
    print(`${session}\n  ${url}\n\nCtrl-C closes it.\n`);
  }
  if (isOpening) {
    await openPage(url);
  }
  return await untilStopped(
    stop,
    () => hub.close().then(() => 0),
    () => {},
  );
}

function describeSessions(): string {
  const sessions = listSessions(openStateFolder());
  if (sessions.length === 0) {
    return "No sessions are kept yet. `inspector demo` records one.\n";
  }
  const rows = sessions.map(({ file, modifiedAt, bytes }) => {
    const at = new Date(modifiedAt).toISOString().slice(0, 16).replace("T", " ");
    return `${at}  ${formatSize(bytes).padStart(8)}  ${visibleLine(file)}\n`;
  });
  return rows.join("");
}

/** `inspector open [FILE]`, also of a file that another program wrote */
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InspectorError } from "@inspector/contract/inspector-error";
import { createHub } from "@inspector/hub/hub";
import { listSessions, openStateFolder } from "@inspector/hub/state-folder";
import { openInput } from "../import/open-input.ts";
import { print, printJson, say } from "../output.ts";
import { pageUrl } from "../recording/page-address.ts";
import { recoverSession } from "../recording/recover.ts";
import { describeSessions } from "../sessions/describe-sessions.ts";
import { VERSION } from "../version.ts";
import { openPage } from "./open-page.ts";
import { PAGE_OPTIONS, parseOptions, recordingValues } from "./options.ts";
import { listenForStop, untilStopped } from "./until-stopped.ts";

const OPTIONS = { ...PAGE_OPTIONS, port: { type: "string" }, session: { type: "string" } } as const;

export async function open(args: readonly string[]): Promise<number> {
  const stop = listenForStop();
  const { values, positionals } = parseOptions("open", args, OPTIONS, 1);
  const [file] = positionals;
  if (file === undefined) {
    print(describeSessions(listSessions(openStateFolder())));
    return 0;
  }
  const { ui, allowedOrigins, isJson, isOpening } = recordingValues(values, { host: "127.0.0.1", port: 0 });
  await recoverSession(openStateFolder(), resolve(file), say, stop.signal);
  const { session, remarks } = await openInput(resolve(file), {
    signal: stop.signal,
    port: values.port === undefined ? undefined : portOption(values.port),
    session: values.session === undefined ? undefined : newFile(resolve(values.session)),
  });
  for (const remark of remarks) {
    say(remark);
  }
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

/** @throws {InspectorError} "bad-option" */
function portOption(text: string): number {
  if (/^\d{1,5}$/u.test(text) && Number(text) > 0 && Number(text) < 65_536) {
    return Number(text);
  }
  throw new InspectorError("bad-option", `--port ${JSON.stringify(text)} is no port`, {
    hint: "Give the number of the host's port in the capture, for example --port 50051.",
  });
}

/** @throws {InspectorError} "file-exists" */
function newFile(file: string): string {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) {
    throw new InspectorError("file-exists", `${file} exists already`, { hint: "Give --session another file." });
  }
  return file;
}

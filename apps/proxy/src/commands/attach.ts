/** `inspector --attach`: waits for workers of hosts that others start, with the settings that `inspector env` prints. */
import { dirname } from "node:path";
import { openStateFolder } from "@inspector/hub/state-folder";
import { clearSocket, openGate } from "../attach/gate.ts";
import { attachSocket, makeRunFolder } from "../attach/run-folder.ts";
import { print, printJson, say } from "../output.ts";
import { startRoutedRecording } from "../recording/recording.ts";
import { VERSION } from "../version.ts";
import { openPage } from "./open-page.ts";
import { parseOptions, RECORDING_OPTIONS, recordingValues } from "./options.ts";
import { listenForStop, untilStopped } from "./until-stopped.ts";

const NO_PORT = { host: "127.0.0.1", port: 0 };

export async function attach(args: readonly string[]): Promise<number> {
  const stop = listenForStop();
  const { listen: _, ...shared } = RECORDING_OPTIONS;
  const { values } = parseOptions("", args, { ...shared, attach: { type: "boolean" } } as const, 0);
  const { isJson, isOpening, ...given } = recordingValues(values, NO_PORT);
  const state = openStateFolder();
  const socket = attachSocket(dirname(state.journals));
  await clearSocket(socket);
  const recording = await startRoutedRecording({ ...given, state, signal: stop.signal }, {});
  const folder = makeRunFolder();
  const gate = await openGate(recording, { path: folder.path, socket });
  const { url, session } = recording;
  if (isJson) {
    printJson({ ready: true, ui: url, session });
  } else {
    print(
      `inspector ${VERSION}\n\n  session    ${session}\n  page       ${url}\n\nWorkers of hosts that are started with the settings of \`inspector env\` appear here. Ctrl-C ends the recording.\n`,
    );
  }
  if (isOpening) {
    await openPage(url);
  }
  return await untilStopped(
    stop,
    async () => {
      // Hosts are others' here: they start their workers again, without us.
      await gate.close([]);
      folder.remove();
      return (await recording.close()) ? 0 : 1;
    },
    say,
  );
}

/** `inspector --listen … --upstream …` */
import { InspectorError } from "@inspector/contract/inspector-error";
import { openStateFolder } from "@inspector/hub/state-folder";
import { formatAddress, parseAddress } from "../address.ts";
import { say } from "../output.ts";
import { startRecording } from "../recording/recording.ts";
import { announce } from "./announce.ts";
import { openPage } from "./open-page.ts";
import { parseOptions, RECORDING_OPTIONS, recordingValues } from "./options.ts";
import { listenForStop, untilStopped } from "./until-stopped.ts";

const DEFAULT = { host: "127.0.0.1", port: 50051 };

export async function record(args: readonly string[]): Promise<number> {
  const stop = listenForStop();
  const { values } = parseOptions("", args, { ...RECORDING_OPTIONS, upstream: { type: "string" } } as const, 0);
  if (values.upstream === undefined || values.listen === undefined) {
    throw new InspectorError(
      "missing-option",
      `--${values.upstream === undefined ? "upstream" : "listen"} is missing`,
      {
        hint: "For example: inspector --listen 50051 --upstream 127.0.0.1:7072. To see it work first: inspector demo",
      },
    );
  }
  const upstream = parseAddress(values.upstream, "--upstream", DEFAULT);
  const { listen, isJson, isOpening, ...rest } = recordingValues(values, DEFAULT);
  if (formatAddress(listen) === formatAddress(upstream)) {
    throw new InspectorError("loop", `--listen and --upstream are both ${formatAddress(listen)}`, {
      hint: "The host keeps its own port; give --listen another one and point the worker at that.",
    });
  }
  const { signal } = stop;
  const recording = await startRecording({ listen, upstream, state: openStateFolder(), signal, ...rest });
  announce(recording, { upstream: formatAddress(upstream), isJson });
  if (isOpening) {
    await openPage(recording.url);
  }
  return await untilStopped(stop, async () => ((await recording.close()) ? 0 : 1), say);
}

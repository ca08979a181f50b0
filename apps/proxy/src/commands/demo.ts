/** `inspector demo` */
import { fileURLToPath } from "node:url";
import { formatAddress, parseAddress } from "../address.ts";
import { say } from "../output.ts";
import { startTraffic } from "./demo-traffic.ts";
import { NODE_WORKER, startHostedApp } from "./hosted-app.ts";
import { parseOptions, RECORDING_OPTIONS, recordingValues } from "./options.ts";
import { listenForStop, untilStopped } from "./until-stopped.ts";

const FREE_PORT = { host: "127.0.0.1", port: 0 };

export async function demo(args: readonly string[]): Promise<number> {
  const stop = listenForStop();
  const options = { ...RECORDING_OPTIONS, http: { type: "string" }, quiet: { type: "boolean" } } as const;
  const { values } = parseOptions("demo", args, options, 0);
  const running = await startHostedApp({
    signal: stop.signal,
    ...recordingValues(values, FREE_PORT),
    app: fileURLToPath(new URL("../sample-app", import.meta.url)),
    worker: NODE_WORKER,
    http: values.http === undefined ? FREE_PORT : parseAddress(values.http, "--http", FREE_PORT),
    isWatching: true,
    onEvent(event) {
      if (event.kind === "gave-up") {
        say(event.message);
      }
    },
  });
  await running.host.whenReady();
  const stopTraffic =
    values.quiet === true ? () => {} : startTraffic(`http://${formatAddress(running.host.httpAddress)}`);
  return await untilStopped(
    stop,
    async () => {
      stopTraffic();
      return await running.close();
    },
    say,
  );
}

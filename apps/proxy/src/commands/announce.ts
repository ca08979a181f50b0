import { formatAddress } from "../address.ts";
import { print, printJson } from "../output.ts";
import type { PortRecording } from "../recording/recording.ts";
import { VERSION } from "../version.ts";

export type Announcement = {
  readonly upstream: string;
  /** Where functions with http triggers are served, of commands that have a host of their own. */
  readonly http?: string;
  /** Prints the line that scripts wait for; see `--json` in the help. */
  readonly isJson: boolean;
};

/** Says that everything is ready, and where. */
export function announce({ listen, url, session }: PortRecording, { upstream, http, isJson }: Announcement): void {
  if (isJson) {
    printJson({ ready: true, listen: formatAddress(listen), ui: url, session, ...(http !== undefined && { http }) });
    return;
  }
  const rows: (readonly [string, string])[] = [
    ["recording", `${formatAddress(listen)} → ${upstream}`],
    ...(http === undefined ? [] : [["functions", `${http}/api/`] as const]),
    ["session", session],
    ["page", url],
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}\n`).join("");
  print(`inspector ${VERSION}\n\n${lines}\nCtrl-C ends the recording.\n`);
}

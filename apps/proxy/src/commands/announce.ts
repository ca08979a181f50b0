import { formatAddress } from "../address.ts";
import { say } from "../output.ts";
import type { Recording } from "../recording/recording.ts";
import { VERSION } from "../version.ts";

/** The line that scripts wait for; see `--json` in the help. */
export function readyLine(recording: Recording, more: Readonly<Record<string, unknown>> = {}): string {
  const { listen, url, session } = recording;
  return `${JSON.stringify({ ready: true, listen: formatAddress(listen), ui: url, session, ...more })}\n`;
}

export function readyText(
  recording: Recording,
  upstream: string,
  more: readonly (readonly [string, string])[] = [],
): string {
  const rows: (readonly [string, string])[] = [
    ["recording", `${formatAddress(recording.listen)} → ${upstream}`],
    ...more,
    ["session", recording.session],
    ["page", recording.url],
  ];
  return `inspector ${VERSION}\n\n${rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}\n`).join("")}\nCtrl-C ends the recording.\n`;
}

/** Shows the page in the browser; that it cannot is no reason to stop. */
export async function openPage(url: string): Promise<void> {
  const { default: open } = await import("open");
  await open(url).catch(() => say(`no browser could be started; open ${url}`));
}

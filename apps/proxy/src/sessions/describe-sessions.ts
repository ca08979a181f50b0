/** The kept sessions as a list for people. */

import type { SessionLabels } from "@inspector/contract/page";
import { visibleLine } from "@inspector/contract/visible-text";
import { readLabels } from "@inspector/hub/session-labels";
import type { SessionFile } from "@inspector/hub/state-folder";
import { formatSize } from "../size.ts";

export function describeSessions(found: readonly SessionFile[]): string {
  if (found.length === 0) {
    return "No sessions are kept yet. `inspector demo` records one.\n";
  }
  const rows = found.map(({ file, modifiedAt, bytes }) => {
    const at = new Date(modifiedAt).toISOString().slice(0, 16).replace("T", " ");
    const { title } = labelsOf(file);
    return `${at}  ${formatSize(bytes).padStart(8)}  ${visibleLine(title === undefined ? file : `${file}  ${title}`)}\n`;
  });
  return rows.join("");
}

/** What cannot be opened is listed all the same. */
export function labelsOf(file: string): SessionLabels {
  try {
    return readLabels(file);
  } catch {
    return {};
  }
}

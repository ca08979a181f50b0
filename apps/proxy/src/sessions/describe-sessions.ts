/** The kept sessions as a list for people. */
import { visibleLine } from "@inspector/contract/visible-text";
import type { SessionFile } from "@inspector/hub/state-folder";
import { formatSize } from "../size.ts";
import { type Labels, readLabels } from "./labels.ts";

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
export function labelsOf(file: string): Labels {
  try {
    return readLabels(file);
  } catch {
    return {};
  }
}

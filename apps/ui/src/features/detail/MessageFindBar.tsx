import { type FindHit, MAX_COUNTED } from "@inspector/contract/find";
import { visibleLine } from "@inspector/contract/visible-text";
import { CopyButton } from "../../shell/controls/CopyButton.tsx";
import { formatCount } from "../../shell/format/time.ts";
import { FindBar } from "./FindBar.tsx";
import styles from "./find.module.css";
import type { Find } from "./useFind.ts";

/** The find of one message, and where its current hit stands. */
export function MessageFindBar({ find }: { readonly find: Find }) {
  return (
    <FindBar
      find={find}
      label="Find in the message"
      placeholder="Find in the message; bytes as 0x1f 8b"
      count={countText(find)}
      hasHits={(find.result?.count ?? 0) > 0}
    >
      {find.hit && <Hit hit={find.hit} />}
    </FindBar>
  );
}

function countText({ text, result, error, index }: Find): string {
  if (error) {
    return error.message;
  }
  if (text === "" || result === undefined) {
    return "";
  }
  if (result.count === 0) {
    return result.where === "bytes" ? "not in its bytes" : "not in it";
  }
  const isCapped = result.count >= MAX_COUNTED;
  return `${formatCount(index + 1)} of ${isCapped ? `the first ${formatCount(result.count)}` : formatCount(result.count)}`;
}

/** Where a hit is, and what stands around it. */
function Hit({ hit }: { readonly hit: FindHit }) {
  const path = hit.path === undefined ? `byte 0x${hit.at.toString(16)}` : hit.path;
  const place = hit.inner ?? path;
  return (
    <p className={styles["hit"]}>
      <code title={hit.inner === undefined ? path : `${path}, in it ${hit.inner}`}>{place}</code>
      <CopyButton label="Copy the path" text={place} isIcon />
      <span>
        {hit.of === "bytes" && "text of bytes: "}
        {visibleLine(hit.before)}
        <mark>{visibleLine(hit.match)}</mark>
        {visibleLine(hit.after)}
      </span>
    </p>
  );
}

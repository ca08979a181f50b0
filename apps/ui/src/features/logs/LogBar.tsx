import { Search, TextWrap } from "lucide-react";
import { Button } from "../../shell/controls/Button.tsx";
import { CopyButton } from "../../shell/controls/CopyButton.tsx";
import { formatCount } from "../../shell/format/time.ts";
import styles from "./LogsView.module.css";
import type { LogLook } from "./log-look.ts";

type LogBarProps = {
  readonly look: LogLook;
  readonly onLook: (look: LogLook) => void;
  /** Rows that are selected; none stands for those in sight. */
  readonly copied: number;
  readonly copy: () => Promise<string>;
  readonly onFind: () => void;
};

/** How lines look, and what can be done with them. */
export function LogBar({ look, onLook, copied, copy, onFind }: LogBarProps) {
  return (
    <div className={styles["bar"]} role="toolbar" aria-label="Lines">
      <Button
        size="small"
        look="plain"
        aria-pressed={look.isWrapped}
        title="Two lines of each text"
        onClick={() => onLook({ ...look, isWrapped: !look.isWrapped })}
      >
        <TextWrap size={13} aria-hidden /> Wrap
      </Button>
      <Button
        size="small"
        look="plain"
        aria-pressed={look.isRaw}
        title="Escape sequences as signs instead of colours"
        onClick={() => onLook({ ...look, isRaw: !look.isRaw })}
      >
        Raw
      </Button>
      <CopyButton label={labelOf(copied)} text={copy} />
      <Button size="small" look="plain" title="Find in all lines that pass the filter (Ctrl F)" onClick={onFind}>
        <Search size={13} aria-hidden /> Find
      </Button>
    </div>
  );
}

function labelOf(copied: number): string {
  return copied === 0 ? "Copy lines in sight" : copied === 1 ? "Copy the line" : `Copy ${formatCount(copied)} lines`;
}

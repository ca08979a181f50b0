import type { ReactNode } from "react";
import { Group, Panel, Separator } from "react-resizable-panels";
import styles from "./SplitView.module.css";
import { useMedia } from "./useMedia.ts";

type SplitViewProps = {
  readonly children: ReactNode;
  /** What is selected; nothing gives the list all the room. */
  readonly detail: ReactNode;
  /** Of what the separator changes the size: "message pane". */
  readonly detailName: string;
};

/** A list and what is selected in it: beside it, or below it where the window is narrow. */
export function SplitView({ children, detail, detailName }: SplitViewProps) {
  const isNarrow = useMedia("(max-width: 1100px)");
  return (
    <Group key={String(isNarrow)} orientation={isNarrow ? "vertical" : "horizontal"} className={styles["split"]}>
      <Panel id="list" minSize="30%">
        {children}
      </Panel>
      {detail && (
        <>
          <Separator className={styles["separator"]} aria-label={`Size of the ${detailName}`} />
          <Panel id="detail" defaultSize={isNarrow ? "52%" : "39%"} minSize="20%">
            {detail}
          </Panel>
        </>
      )}
    </Group>
  );
}

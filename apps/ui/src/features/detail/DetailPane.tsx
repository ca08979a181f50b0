import type { MessageDetail, MessageRow, Seq } from "@inspector/contract/page";
import { ChevronLeft, ChevronRight, X } from "lucide-react";
import { Button } from "../../shell/controls/Button.tsx";
import { StatusMark } from "../../shell/controls/StatusMark.tsx";
import { Tabs } from "../../shell/controls/Tabs.tsx";
import { useMessageDetail, useSessionState, useSessionStore } from "../../shell/data/session-context.ts";
import { describeIntervention, directionOf, formatKind, statusOf, subjectOf } from "../../shell/format/message.ts";
import { formatBytes, formatSize } from "../../shell/format/size.ts";
import { formatMoment, formatOffset } from "../../shell/format/time.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { CopyAsMenu } from "../copy-as/CopyAsMenu.tsx";
import styles from "./detail.module.css";
import { MessageBody, RawPanel } from "./MessageBody.tsx";
import { relationOf } from "./related.ts";

const TABS = [
  { id: "message", title: "Message" },
  { id: "json", title: "JSON" },
  { id: "raw", title: "Raw" },
] as const;

type DetailPaneProps = {
  readonly seq: Seq;
  /** The row as the list knows it, so that something is there at once. */
  readonly knownRow: MessageRow | undefined;
  readonly onSelect: (seq: Seq) => void;
  readonly onClose: () => void;
};

/** Everything about the selected message. */
export function DetailPane({ seq, knownRow, onSelect, onClose }: DetailPaneProps) {
  const { address, go } = useShell();
  const { id: tab } = TABS.find(({ id }) => id === address.tab) ?? TABS[0];
  const { data, error } = useMessageDetail(seq);
  const row = data?.row ?? knownRow;
  return (
    <section className={styles["pane"]} aria-label="Message">
      <DetailHead
        seq={seq}
        row={row}
        detail={data}
        related={data?.related ?? []}
        onSelect={onSelect}
        onClose={onClose}
      />
      <Tabs label="Views of the message" tabs={TABS} value={tab} onChange={(tab) => go({ tab })}>
        {tab === "raw" && row ? (
          <RawPanel key={seq} row={row} />
        ) : (
          <MessageBody key={seq} isJson={tab === "json"} detail={data} error={error} />
        )}
      </Tabs>
    </section>
  );
}

type HeadProps = Pick<DetailPaneProps, "seq" | "onSelect" | "onClose"> & {
  readonly row: MessageRow | undefined;
  readonly detail: MessageDetail | undefined;
  readonly related: readonly Seq[];
};

function DetailHead({ seq, row, detail, related, onSelect, onClose }: HeadProps) {
  const relation = relationOf(seq, related);
  const status = row && statusOf(row);
  return (
    <header className={styles["head"]}>
      <div className={styles["title"]}>
        <h2>{row ? formatKind(row.kind) : `message ${seq}`}</h2>
        {status && <StatusMark {...status} />}
        <div className={styles["actions"]}>
          {relation && (
            <>
              <Step name="Previous of the same invocation" seq={relation.previous} onSelect={onSelect}>
                <ChevronLeft size={15} aria-hidden />
              </Step>
              <span className={styles["position"]}>
                {relation.position} of {relation.count}
              </span>
              <Step name="Next of the same invocation" seq={relation.next} onSelect={onSelect}>
                <ChevronRight size={15} aria-hidden />
              </Step>
            </>
          )}
          {detail && <CopyAsMenu load={() => Promise.resolve([detail])} />}
        </div>
        <Button shape="icon" look="plain" aria-label="Close the message" title="Close (Esc)" onClick={onClose}>
          <X size={15} aria-hidden />
        </Button>
      </div>
      {row && (
        <Origin row={row} invocation={row.invocationId === undefined ? detail?.extension?.invocation : related[0]} />
      )}
    </header>
  );
}

function Step(props: { name: string; seq: Seq | undefined; onSelect: (seq: Seq) => void; children: React.ReactNode }) {
  const { name, seq, onSelect, children } = props;
  return (
    <Button
      shape="icon"
      look="plain"
      aria-label={name}
      title={name}
      disabled={seq === undefined}
      onClick={() => seq !== undefined && onSelect(seq)}
    >
      {children}
    </Button>
  );
}

type OriginProps = {
  readonly row: MessageRow;
  /** The invocation that it belongs to, which is named after its first message. */
  readonly invocation: Seq | undefined;
};

function Origin({ row, invocation }: OriginProps) {
  const { go } = useShell();
  const { offline } = useSessionStore().client;
  const { session } = useSessionState();
  const subject = subjectOf(
    row,
    session?.streams.find((stream) => stream.id === row.stream),
  );
  const { from, to } = directionOf(row.from);
  return (
    <p className={styles["sub"]}>
      <b>{subject.name}</b>
      <span data-from={from}>
        {from} → {to}
      </span>
      <span>#{row.seq}</span>
      <span title="Seconds since the session began">{formatOffset(row.at)} s</span>
      {session && <span>{formatMoment(session.startedAt, row.at)}</span>}
      <span title={formatBytes(row.size)}>{formatSize(row.size)}</span>
      {row.isCompressed && <span>compressed</span>}
      {row.intervention && <span>{describeIntervention(row.intervention)}</span>}
      {invocation !== undefined && (
        <button type="button" className={styles["link"]} onClick={() => go({ view: "invocations", invocation })}>
          Show its invocation
        </button>
      )}
      {offline === undefined && row.kind === "invocation_request" && invocation !== undefined && (
        <button
          type="button"
          className={styles["link"]}
          onClick={() => go({ view: "invocations", invocation, tab: "replay" })}
        >
          Replay
        </button>
      )}
    </p>
  );
}

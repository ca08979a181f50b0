import type { InvocationDetail, InvocationRow } from "@inspector/contract/page";
import { Hand, Pencil, Reply, RotateCw, Share } from "lucide-react";
import { Button } from "../../shell/controls/Button.tsx";
import { useSessionStore } from "../../shell/data/session-context.ts";
import { useShell } from "../../shell/page/shell-context.ts";
import { CopyAsMenu } from "../copy-as/CopyAsMenu.tsx";
import { messagesToCopy } from "../copy-as/messages-to-copy.ts";
import type { ReplayIntent } from "../replay/ReplayTab.tsx";

type InvocationActionsProps = {
  readonly detail: InvocationDetail;
  readonly row: InvocationRow;
  readonly onReplay: (what: ReplayIntent["what"]) => void;
};

/** What can be done with an invocation: send it again, hold or answer the next one, take it elsewhere. */
export function InvocationActions({ detail, row, onReplay }: InvocationActionsProps) {
  const { go, openExport } = useShell();
  const { client } = useSessionStore();
  const { request, response } = detail;
  const copy = <CopyAsMenu load={() => messagesToCopy(client, detail)} />;
  if (client.offline) {
    return copy;
  }
  return (
    <>
      {request !== undefined && (
        <>
          <Button size="small" look="plain" title="Replay (r)" onClick={() => onReplay("send")}>
            <RotateCw size={12} aria-hidden /> Replay
          </Button>
          <Button size="small" look="plain" title="Edit and replay (e)" onClick={() => onReplay("edit")}>
            <Pencil size={12} aria-hidden /> Edit
          </Button>
        </>
      )}
      {row.functionName !== undefined && (
        <Button
          shape="icon"
          size="small"
          look="plain"
          aria-label={`Hold the next of ${row.functionName}`}
          title={`Hold the next of ${row.functionName}`}
          onClick={() => go({ view: "holds", item: row.functionName })}
        >
          <Hand size={13} aria-hidden />
        </Button>
      )}
      {row.functionName !== undefined && response !== undefined && (
        <Button
          shape="icon"
          size="small"
          look="plain"
          aria-label={`Answer the next of ${row.functionName} like this`}
          title={`Answer the next of ${row.functionName} like this, without the worker`}
          onClick={() => go({ view: "holds", item: row.functionName, like: response })}
        >
          <Reply size={13} aria-hidden />
        </Button>
      )}
      {openExport && (
        <Button
          shape="icon"
          size="small"
          look="plain"
          aria-label="Export this invocation…"
          title="Export this invocation…"
          onClick={() => openExport(row.invocationId)}
        >
          <Share size={13} aria-hidden />
        </Button>
      )}
      {copy}
    </>
  );
}

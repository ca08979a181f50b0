import { Button } from "../shell/controls/Button.tsx";
import { formatCount } from "../shell/format/time.ts";
import { CancelButton } from "./CancelButton.tsx";
import styles from "./offline.module.css";
import { MAX_SESSION_BYTES, MAX_SESSION_MESSAGES } from "./opened-file.ts";

type StartPageProps = {
  /** Name of the file that is being opened. */
  readonly opening: string | undefined;
  readonly onPick: () => void;
  readonly onCancel: () => void;
};

/** What stands in a page that has no session yet. */
export function StartPage({ opening, onPick, onCancel }: StartPageProps) {
  return (
    <main className={styles["start"]}>
      <h1>inspector</h1>
      {opening === undefined ? (
        <>
          <p>
            Drop a session here: a file that <code>inspector</code> recorded, or that <code>inspector export</code>{" "}
            wrote with <code>--format inspector</code> or <code>html</code>.
          </p>
          <Button look="main" onClick={onPick}>
            Open a file …
          </Button>
          <p className={styles["quiet"]}>
            Or a capture of packets (pcap, pcapng), a gRPC binary log, a dump of grpc-dump or lines of JSON: a session
            is made of it here. Each may be gzipped, or alone in a zip archive.
          </p>
          <p className={styles["quiet"]}>
            It is read in this page and sent nowhere. Up to {MAX_SESSION_BYTES / 1e6} MB and{" "}
            {formatCount(MAX_SESSION_MESSAGES)} messages; larger ones open with <code>inspector open FILE</code>.
          </p>
        </>
      ) : (
        <>
          <p role="status">Opening {opening} …</p>
          <CancelButton onCancel={onCancel} />
        </>
      )}
    </main>
  );
}

import { useMemo, useState } from "react";
import { CopyButton } from "../controls/CopyButton.tsx";
import { Segments } from "../controls/Segments.tsx";
import { formatBytes } from "../format/size.ts";
import { LongText } from "../json/LongText.tsx";
import styles from "./BytesView.module.css";
import { decodeBase64, decodeText, formatHex, formatHexLines } from "./byte-text.ts";
import { HexBox } from "./HexView.tsx";

const FORMS = ["text", "hex", "base64"] as const;
type Form = (typeof FORMS)[number];

/** Only so much is shown as hex here; the whole message is in its Raw tab. */
const HEX_BYTES = 64 * 1024;

/** Bytes of a payload as text (where they are text), hex or base64. */
export function BytesView({ base64 }: { readonly base64: string }) {
  const bytes = useMemo(() => decodeBase64(base64) ?? new Uint8Array(), [base64]);
  const text = useMemo(() => decodeText(bytes), [bytes]);
  const [chosen, setChosen] = useState<Form | undefined>();
  const form = chosen ?? (text === undefined ? "hex" : "text");
  const copied = () => (form === "hex" ? formatHex(bytes) : form === "base64" ? base64 : (text ?? base64));
  return (
    <div className={styles["bytes"]}>
      <div className={styles["bar"]}>
        <span>{formatBytes(bytes.length)}</span>
        <Segments label="Shown as" options={FORMS} value={form} onChange={setChosen} />
        <CopyButton label={`Copy ${form}`} text={copied} isIcon />
      </div>
      {form === "hex" ? (
        <HexBox lines={formatHexLines(bytes.subarray(0, HEX_BYTES))} />
      ) : (
        <pre className={styles["text"]}>
          <LongText text={form === "base64" ? base64 : (text ?? "These bytes are not text.")} />
        </pre>
      )}
    </div>
  );
}

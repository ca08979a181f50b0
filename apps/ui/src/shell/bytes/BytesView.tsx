import { type JsonNode, parseExactJson } from "@inspector/analysis/exact-json";
import { parseBase64 } from "@inspector/proto";
import { useMemo, useState } from "react";
import { CopyButton } from "../controls/CopyButton.tsx";
import { Segments } from "../controls/Segments.tsx";
import { formatBytes } from "../format/size.ts";
import { JsonTree } from "../json/JsonTree.tsx";
import { WholeText } from "../json/WholeText.tsx";
import styles from "./BytesView.module.css";
import { decodeText, formatHex } from "./byte-text.ts";
import { HexBox } from "./HexView.tsx";
import { imageType } from "./image-type.ts";

type Form = "image" | "json" | "text" | "hex" | "base64";

/** Bytes of a payload as what they are: JSON or text where they are that, and always hex and base64. */
export function BytesView({ base64 }: { readonly base64: string }) {
  const bytes = useMemo(() => parseBase64(base64) ?? new Uint8Array(), [base64]);
  const text = useMemo(() => decodeText(bytes), [bytes]);
  const json = useMemo(() => parseTree(text), [text]);
  const image = useMemo(() => imageType(bytes), [bytes]);
  const [chosen, setChosen] = useState<Form | undefined>();
  const forms: Form[] = [
    ...(image === undefined ? [] : (["image"] as const)),
    ...(json ? (["json"] as const) : []),
    ...(text === undefined ? [] : (["text"] as const)),
    "hex",
    "base64",
  ];
  const form = chosen ?? forms[0] ?? "hex";
  const copied = () => (form === "hex" ? formatHex(bytes) : form === "base64" ? base64 : (text ?? base64));
  return (
    <div className={styles["bytes"]}>
      <div className={styles["bar"]}>
        <span>{formatBytes(bytes.length)}</span>
        <Segments label="Shown as" options={forms} value={form} onChange={setChosen} />
        <CopyButton label={`Copy ${form}`} text={copied} isIcon />
      </div>
      {form === "image" && image !== undefined && (
        <img className={styles["image"]} alt="Body" src={`data:${image};base64,${base64}`} />
      )}
      {form === "json" && json && <JsonTree label="Bytes as JSON" root={json} />}
      {form === "hex" && <HexBox bytes={bytes} />}
      {(form === "text" || form === "base64") && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller has to be reachable by keyboard
        <pre className={styles["text"]} tabIndex={0}>
          <WholeText text={form === "base64" ? base64 : (text ?? "")} />
        </pre>
      )}
    </div>
  );
}

/** JSON worth a tree: an object or a list. */
function parseTree(text: string | undefined): JsonNode | undefined {
  if (text === undefined || !/^\s*[[{]/.test(text)) {
    return undefined;
  }
  const parsed = parseExactJson(text);
  return parsed.ok ? parsed.value : undefined;
}

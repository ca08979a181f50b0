import { useMemo, useState } from "react";
import { Segments } from "../../shell/controls/Segments.tsx";
import { formatBytes } from "../../shell/format/size.ts";
import styles from "./editor.module.css";
import { FilePicker } from "./FilePicker.tsx";
import type { FieldProps } from "./field-props.ts";
import { bytesOfHex, bytesOfText, HEX_PROBLEM, hexOfBytes, sizeOfTextData, textOfBytes } from "./typed-text.ts";

const SHAPES = ["text", "hex"] as const;
type Shape = (typeof SHAPES)[number];

/** Bytes as their text where they are one, as hex, or from a file. */
export function BytesField({ label, id, data, typed, onWrite, onFile }: FieldProps) {
  // What was typed for the bytes that stand here: of megabytes it is not made anew on each key.
  const [own, setOwn] = useState<{ readonly base64: string; readonly shape: Shape; readonly text: string }>();
  const isOwn = (shape: Shape) => own?.shape === shape && own.base64 === data.text;
  const isOwnText = isOwn("text");
  const decoded = useMemo(() => (isOwnText ? undefined : textOfBytes(data.text)), [isOwnText, data.text]);
  const text = isOwnText ? own?.text : decoded;
  const [shape, setShape] = useState<Shape>(text === undefined ? "hex" : "text");
  const isUnfinished = typed !== undefined;
  const isHex = shape === "hex" || text === undefined || isUnfinished;
  const isHexMade = isHex && !isUnfinished && !isOwn("hex");
  const made = useMemo(() => (isHexMade ? hexOfBytes(data.text) : ""), [isHexMade, data.text]);
  const hex = typed ?? (isHexMade ? made : own?.text);
  const change = (next: string) => {
    const base64 = isHex ? bytesOfHex(next) : bytesOfText(next);
    if (base64 === undefined) {
      setShape("hex");
      onWrite(data, next);
      return;
    }
    setOwn({ base64, shape: isHex ? "hex" : "text", text: next });
    onWrite({ ...data, text: base64 });
  };
  return (
    <>
      <textarea
        id={id}
        className={styles["text"]}
        rows={2}
        spellCheck={false}
        aria-label={`${label} as ${isHex ? "hex" : "text"}`}
        aria-invalid={isUnfinished}
        value={isHex ? hex : text}
        onChange={(event) => change(event.target.value)}
      />
      <div className={styles["valueFoot"]}>
        <Segments
          label={`Bytes of ${label} as`}
          options={text === undefined || isUnfinished ? ["hex"] : SHAPES}
          value={isHex ? "hex" : "text"}
          onChange={setShape}
        />
        <FilePicker label={`Take ${label} from a file`} onBytes={onFile} />
        <span className={styles["hint"]}>{isUnfinished ? HEX_PROBLEM : formatBytes(sizeOfTextData(data))}</span>
      </div>
    </>
  );
}

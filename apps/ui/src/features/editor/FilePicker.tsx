import { encodeBase64 } from "@inspector/proto";
import { useRef, useState } from "react";
import { Button } from "../../shell/controls/Button.tsx";
import styles from "./editor.module.css";

type FilePickerProps = { readonly label: string; readonly onBytes: (base64: string) => void };

/** Takes the bytes of a file of the person's own. */
export function FilePicker({ label, onBytes }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isRefused, setRefused] = useState(false);
  const read = (file: File | undefined) => {
    if (!file) {
      return;
    }
    file.arrayBuffer().then(
      (buffer) => {
        setRefused(false);
        onBytes(encodeBase64(new Uint8Array(buffer)));
      },
      () => setRefused(true),
    );
  };
  return (
    <>
      <Button size="small" look="plain" aria-label={label} onClick={() => input.current?.click()}>
        File …
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        onChange={(event) => {
          read(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
      {isRefused && (
        <span className={styles["warning"]} role="alert">
          The file could not be read.
        </span>
      )}
    </>
  );
}

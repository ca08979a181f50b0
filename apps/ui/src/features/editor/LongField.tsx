import { Button } from "../../shell/controls/Button.tsx";
import { formatSize } from "../../shell/format/size.ts";
import styles from "./editor.module.css";
import { FilePicker } from "./FilePicker.tsx";
import { sizeOfTextData, type TextData } from "./typed-text.ts";

type LongFieldProps = {
  readonly label: string;
  readonly data: TextData;
  readonly onFile: (base64: string) => void;
  readonly onOpen: () => void;
};

/** A value so long that the browser needs seconds to lay its text out, and some of that again on each key. */
export function LongField({ label, data, onFile, onOpen }: LongFieldProps) {
  return (
    <div className={styles["valueFoot"]}>
      <span className={styles["hint"]}>
        {formatSize(sizeOfTextData(data))}: to edit so much as text is slow. Another value can come from a file.
      </span>
      <FilePicker label={`Take ${label} from a file`} onBytes={onFile} />
      <Button size="small" look="plain" onClick={onOpen}>
        Edit as text anyway
      </Button>
    </div>
  );
}

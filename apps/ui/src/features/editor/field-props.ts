import type { TextData } from "./typed-text.ts";

/** What a field for a value of one case is given. */
export type FieldProps = {
  readonly label: string;
  readonly id: string;
  readonly data: TextData;
  /** What was typed and is no value yet; `data` is the last that was one. */
  readonly typed: string | undefined;
  readonly onWrite: (data: TextData, typed?: string) => void;
  readonly onFile: (base64: string) => void;
  readonly onSubmit: () => void;
};

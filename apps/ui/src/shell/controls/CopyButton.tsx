import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./Button.tsx";
import { copyText, NOT_COPIED } from "./clipboard.ts";

const CONFIRMED_MS = 1500;
/** A reason takes longer to read. */
const REFUSED_MS = 4000;

type CopyButtonProps = {
  /** What the button says, or its name where it shows only a glyph. */
  readonly label: string;
  readonly text: string | (() => string);
  readonly isIcon?: boolean;
};

/** Copies text and says for a moment that it did, or that the browser refused. */
export function CopyButton({ label, text, isIcon = false }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"copied" | "failed" | undefined>();
  useEffect(() => {
    if (outcome === undefined) {
      return;
    }
    const timer = setTimeout(() => setOutcome(undefined), outcome === "copied" ? CONFIRMED_MS : REFUSED_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => {
    void copyText(typeof text === "string" ? text : text()).then((isCopied) =>
      setOutcome(isCopied ? "copied" : "failed"),
    );
  };
  const said = outcome === "copied" ? "Copied" : outcome === "failed" ? NOT_COPIED : label;
  return (
    <Button size="small" look="plain" shape={isIcon ? "icon" : "text"} onClick={copy} title={said} aria-label={said}>
      {outcome === "copied" ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
      {!isIcon && said}
    </Button>
  );
}

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./Button.tsx";

const CONFIRMED_MS = 1500;

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
    const timer = setTimeout(() => setOutcome(undefined), CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => {
    navigator.clipboard.writeText(typeof text === "string" ? text : text()).then(
      () => setOutcome("copied"),
      () => setOutcome("failed"),
    );
  };
  const said = outcome === "copied" ? "Copied" : outcome === "failed" ? "Not allowed" : label;
  return (
    <Button size="small" look="plain" shape={isIcon ? "icon" : "text"} onClick={copy} title={said} aria-label={said}>
      {outcome === "copied" ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
      {!isIcon && said}
    </Button>
  );
}

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./Button.tsx";
import { CopyByHand } from "./CopyByHand.tsx";
import { copyText } from "./clipboard.ts";

const CONFIRMED_MS = 1500;

type CopyButtonProps = {
  /** What the button says, or its name where it shows only a glyph. */
  readonly label: string;
  readonly text: string | (() => string | Promise<string>);
  readonly isIcon?: boolean;
};

/** Copies text and says for a moment that it did; where the browser refuses, it shows the text to copy by hand. */
export function CopyButton({ label, text, isIcon = false }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  const [refused, setRefused] = useState<string | undefined>();
  useEffect(() => {
    if (!isCopied) {
      return;
    }
    const timer = setTimeout(() => setCopied(false), CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    const copied = typeof text === "string" ? text : await text();
    if (await copyText(copied)) {
      setCopied(true);
    } else {
      setRefused(copied);
    }
  };
  const said = isCopied ? "Copied" : label;
  return (
    <>
      <Button
        size="small"
        look="plain"
        shape={isIcon ? "icon" : "text"}
        onClick={() => void copy()}
        title={said}
        aria-label={said}
      >
        {isCopied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
        {!isIcon && said}
      </Button>
      <CopyByHand text={refused} onClose={() => setRefused(undefined)} />
    </>
  );
}

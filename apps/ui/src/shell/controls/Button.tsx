import type { ButtonHTMLAttributes, Ref } from "react";
import styles from "./controls.module.css";

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  /** "icon" is a square for one glyph: give it an `aria-label`. */
  readonly shape?: "text" | "icon";
  /** "plain" has no border until it is pointed at; "main" is what its part of the page is there for. */
  readonly look?: "raised" | "plain" | "main";
  readonly size?: "normal" | "small";
  readonly ref?: Ref<HTMLButtonElement>;
};

export function Button({ shape = "text", look = "raised", size = "normal", ...rest }: ButtonProps) {
  const names = [
    styles["button"],
    shape === "icon" && styles["icon"],
    look !== "raised" && styles[look],
    size === "small" && styles["small"],
  ];
  return <button type="button" className={names.filter(Boolean).join(" ")} {...rest} />;
}

export function Key({ children }: { readonly children: string }) {
  return <kbd className={styles["key"]}>{children}</kbd>;
}

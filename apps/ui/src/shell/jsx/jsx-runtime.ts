/**
 * React's own, with one thing added: text on its way into the document shows control characters and bidirectional marks as
 * signs (visible-text.ts). Logs, names and payloads may hold them, and a mark turns around what stands beside it.
 *
 * `jsxImportSource` puts it between every component and React, so that no place can forget. What is copied, edited and
 * sent stays as it is: values of inputs are not touched.
 */
import { visibleText } from "@inspector/contract/visible-text";
import { type ElementType, Fragment, type Key, type ReactElement } from "react";
import { jsx as reactJsx, jsxs as reactJsxs } from "react/jsx-runtime";

export type { JSX } from "react";
export { Fragment };

/** Attributes that are shown or read out. */
const SHOWN = ["title", "aria-label", "alt", "placeholder"] as const;

export function jsx(type: ElementType, props: Props, key?: Key): ReactElement {
  return reactJsx(type, shownProps(type, props), key);
}

export function jsxs(type: ElementType, props: Props, key?: Key): ReactElement {
  return reactJsxs(type, shownProps(type, props), key);
}

type Props = Readonly<Record<string, unknown>>;

/** Of elements of the document; components pass on what they are given. */
export function shownProps(type: unknown, props: Props): Props {
  if (typeof type !== "string" && type !== Fragment) {
    return props;
  }
  let shown = props;
  for (const name of ["children", ...SHOWN]) {
    const value = props[name];
    const visible = shownChild(value);
    if (visible !== value) {
      shown = { ...shown, [name]: visible };
    }
  }
  return shown;
}

function shownChild(child: unknown): unknown {
  if (typeof child === "string") {
    return visibleText(child);
  }
  if (!Array.isArray(child)) {
    return child;
  }
  const shown = child.map(shownChild);
  return shown.some((one, at) => one !== child[at]) ? shown : child;
}

/** As {@link ./jsx-runtime.ts}, for `npm run dev`. */
import type { ElementType, Key, ReactElement } from "react";
import { type JSXSource, jsxDEV as reactJsxDev } from "react/jsx-dev-runtime";
import { shownProps } from "./jsx-runtime.ts";

export type { JSX } from "react";
export { Fragment } from "react";

export function jsxDEV(
  type: ElementType,
  props: Readonly<Record<string, unknown>>,
  key: Key | undefined,
  isStatic: boolean,
  source?: JSXSource,
  self?: unknown,
): ReactElement {
  return reactJsxDev(type, shownProps(type, props), key, isStatic, source, self);
}

import { copyAsCurl } from "@inspector/analysis/copy-as/curl";
import { copyAsJson } from "@inspector/analysis/copy-as/json";
import { copyAsScene } from "@inspector/analysis/copy-as/scene";
import type { MessageDetail } from "@inspector/contract/page";

/** A form in which what is shown can be taken elsewhere. */
export type CopyText = { readonly title: string; readonly text: string };

/** All forms that these messages have: of one message, or of an invocation (its request and answer by themselves, too). */
export function copyTexts(messages: readonly MessageDetail[]): readonly CopyText[] {
  const decoded = messages.filter(({ message }) => message !== undefined);
  const single = decoded.length === 1;
  const named = (detail: MessageDetail, form: string) => (single ? form : `${wordOf(detail)} as ${form}`);
  const shown = decoded.filter(({ row }) => single || isExchange(row.kind));
  const texts = shown.flatMap((detail) => [
    { title: named(detail, "JSON"), text: copyAsJson(detail.message) },
    { title: named(detail, "curl command"), text: copyAsCurl(detail.message) },
  ]);
  const scene = { title: "Scene for a test", text: decoded.length === 0 ? undefined : copyAsScene(decoded) };
  return [...texts, scene].flatMap(({ title, text }) => (text === undefined ? [] : [{ title, text }]));
}

function isExchange(kind: string): boolean {
  return kind === "invocation_request" || kind === "invocation_response";
}

function wordOf({ row }: MessageDetail): string {
  return row.kind === "invocation_request" ? "Request" : "Response";
}

import { copyAsCurl } from "@inspector/analysis/copy-as/curl";
import { copyAsHandlerTest } from "@inspector/analysis/copy-as/handler-test";
import { copyAsJson } from "@inspector/analysis/copy-as/json";
import { copyAsScene } from "@inspector/analysis/copy-as/scene";
import type { MessageDetail, StreamInfo } from "@inspector/contract/page";

/** A form in which what is shown can be taken elsewhere. */
export type CopyText = { readonly title: string; readonly text: string };

type CopiedStream = Pick<StreamInfo, "id" | "runtime">;

/**
 * All forms that these messages have: of one message, or of an invocation (its request and answer by themselves, too).
 * @param streams of the session: a test of the handler is for Node, whatever else is for all workers
 */
export function copyTexts(messages: readonly MessageDetail[], streams: readonly CopiedStream[]): readonly CopyText[] {
  const decoded = messages.filter(({ message }) => message !== undefined);
  const single = decoded.length === 1;
  const named = (detail: MessageDetail, form: string) => (single ? form : `${wordOf(detail)} as ${form}`);
  const shown = decoded.filter(({ row }) => single || isExchange(row.kind));
  const texts = shown.flatMap((detail) => [
    { title: named(detail, "JSON"), text: copyAsJson(detail.message) },
    { title: named(detail, "curl command"), text: copyAsCurl(detail.message) },
  ]);
  const scene = { title: "Scene for a test", text: decoded.length === 0 ? undefined : copyAsScene(decoded) };
  const isOfNode = streams.some(({ id, runtime }) => id === decoded[0]?.row.stream && runtime === "node");
  const test = {
    title: "Test of the handler (node:test)",
    text: isOfNode ? copyAsHandlerTest(decoded) : undefined,
  };
  return [...texts, test, scene].flatMap(({ title, text }) => (text === undefined ? [] : [{ title, text }]));
}

function isExchange(kind: string): boolean {
  return kind === "invocation_request" || kind === "invocation_response";
}

function wordOf({ row }: MessageDetail): string {
  return row.kind === "invocation_request" ? "Request" : "Response";
}

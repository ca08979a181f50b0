import { copyAsCurl } from "@inspector/analysis/copy-as/curl";
import { copyAsGrpcurl } from "@inspector/analysis/copy-as/grpcurl";
import { copyAsJson } from "@inspector/analysis/copy-as/json";
import { copyAsScene } from "@inspector/analysis/copy-as/scene";
import type { MessageDetail, SessionInfo } from "@inspector/contract/page";

/** A form in which what is shown can be taken elsewhere. */
export type CopyText = { readonly title: string; readonly text: string };

/** All forms that these messages have: of one message, or of an invocation (its request and answer by themselves, too). */
export function copyTexts(messages: readonly MessageDetail[], session: SessionInfo | undefined): readonly CopyText[] {
  const decoded = messages.filter(({ message }) => message !== undefined);
  const single = decoded.length === 1;
  const named = (detail: MessageDetail, form: string) => (single ? form : `${wordOf(detail)} as ${form}`);
  const shown = decoded.filter(({ row }) => single || isExchange(row.kind));
  const texts = shown.flatMap((detail) => [
    { title: named(detail, "JSON"), text: copyAsJson(detail.message) },
    { title: named(detail, "curl command"), text: copyAsCurl(detail.message) },
    { title: named(detail, "grpcurl command"), text: copyAsGrpcurl(detail.message, callerOf(detail, session)) },
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

function callerOf({ row }: MessageDetail, session: SessionInfo | undefined) {
  const workerId = session?.streams.find(({ id }) => id === row.stream)?.workerId;
  const address = session?.listen ?? "127.0.0.1:50051";
  return { from: row.from, address, ...(workerId !== undefined && { workerId }) };
}

/** How the server says no: what it refused, and how to allow it where that can be allowed. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { InspectorError } from "@inspector/contract/inspector-error";
import { failureAnswer, statusOf } from "@inspector/reader/page-answer";
import { refusalPage } from "./refusal-page.ts";
import { sendAnswer } from "./send-answer.ts";

/** Longest part of a header that is quoted. */
const MAX_QUOTED = 200;

/** @param port where the server listens */
export function wrongHost({ headers }: IncomingMessage, port: number): InspectorError {
  const host = quoted(headers.host);
  const isSecure = headers["x-forwarded-proto"] === "https" || !/:\d+$/u.test(host);
  const origin = `${isSecure ? "https" : "http"}://${host}`;
  return new InspectorError("wrong-host", `The inspector does not go by the name "${host}"`, {
    hint: `Open it as http://127.0.0.1:${port}. If the name is yours, of a tunnel for example, start the inspector with --allow-origin ${origin}`,
  });
}

export function wrongOrigin({ headers: { origin } }: IncomingMessage): InspectorError {
  const from = quoted(origin);
  const message =
    origin === undefined
      ? "The request was refused: it has no Origin, so it is not from the inspector's own page"
      : `The request was refused: its Origin ${from} is not the inspector's own page`;
  return new InspectorError("wrong-origin", message, {
    hint: /^https?:\/\//u.test(from)
      ? `If that is where you see the page, behind a tunnel for example, start the inspector with --allow-origin ${from}`
      : "Use the page at the address that the inspector printed when it started.",
  });
}

export function wrongToken(): InspectorError {
  return new InspectorError("wrong-token", "The token is missing or is not this recording's", {
    hint: "Open the link that the inspector printed when it started: it carries the token.",
  });
}

/** How a refusal is written: JSON for programs, words for people, a page for those who look at it in a browser. */
export type RefusalForm = "json" | "text" | "page";

export function refuse(response: ServerResponse, refusal: InspectorError, form: RefusalForm): void {
  if (form === "json") {
    return sendAnswer(response, failureAnswer(refusal));
  }
  const isPage = form === "page";
  const type = isPage ? "text/html" : "text/plain";
  response.writeHead(statusOf(refusal), { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" });
  response.end(isPage ? refusalPage(refusal) : textOf(refusal));
}

/** A page to whoever would show one, else the form that is given. */
export function formFor({ headers }: IncomingMessage, otherwise: RefusalForm): RefusalForm {
  return headers.accept?.includes("text/html") === true ? "page" : otherwise;
}

/**
 * Answers an upgrade that is not granted, and ends its socket. node:http has let go of it by then: it would stay open for as
 * long as the other side likes, and nobody would listen for its errors, such as a reset.
 */
export function refuseUpgrade(socket: Duplex, refusal: InspectorError): void {
  const status = statusOf(refusal);
  const text = textOf(refusal);
  socket.on("error", () => {});
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

function textOf({ message, hint = "" }: InspectorError): string {
  return `${message}.\n${hint}\n`;
}

/** Node reads the bytes of a header as Latin-1, so that it may hold controls of C1. */
function quoted(header = ""): string {
  return header.replaceAll(/[^!-~]/gu, "?").slice(0, MAX_QUOTED);
}

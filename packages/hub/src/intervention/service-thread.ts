/** Thread of the hub in which interventions run; see service.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { InspectorError } from "@inspector/contract/inspector-error";
import { failureAnswer } from "@inspector/reader/page-answer";
import { createService, type FromService, type Service, type ServiceOptions, type ToService } from "./service.ts";

/** A session that cannot be opened, since it was lost just then, is tried again: the hub moves to another one, or ends. */
const RETRY_MS = 200;

const port = parentPort;
if (port === null) {
  throw new Error("interventions run in a thread of the hub");
}
let service: Service | undefined;
let closed: unknown;

function post(message: FromService): void {
  port?.postMessage(message);
}

function open(): void {
  try {
    service = createService(workerData as ServiceOptions, post);
  } catch (error) {
    closed = error instanceof InspectorError ? new InspectorError("not-live", error.message) : error;
    setTimeout(open, RETRY_MS);
  }
}

port.on("message", (message: ToService) => {
  if (message.type === "stop") {
    service?.close();
    process.exit(0);
  }
  if (service === undefined && message.type === "request") {
    post({ type: "answer", id: message.id, answer: failureAnswer(closed) });
  }
  service?.receive(message);
});
open();

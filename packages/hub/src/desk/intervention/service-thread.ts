/** Thread of the hub in which interventions run; see service.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { createService, type ServiceOptions, type ToService } from "./service.ts";

const port = parentPort;
if (port === null) {
  throw new Error("interventions run in a thread of the hub");
}
const service = createService(workerData as ServiceOptions, (message) => port.postMessage(message));

port.on("message", (message: ToService) => {
  if (message.type === "stop") {
    service.close();
    process.exit(0);
  }
  service.receive(message);
});

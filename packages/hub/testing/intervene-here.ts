/** Interventions in the thread of the test: the same code, and messages that are copied as between threads. */
import { createService } from "../src/intervention/service.ts";
import type { StartService } from "../src/intervention/start-service.ts";

export const interveneHere: StartService = (options, onMessage) => {
  let isOpen = true;
  const service = createService(options, (message) => {
    const copy = structuredClone(message);
    setImmediate(() => isOpen && onMessage(copy));
  });
  return {
    post(message) {
      const copy = structuredClone(message);
      setImmediate(() => isOpen && service.receive(copy));
    },
    async stop() {
      isOpen = false;
      service.close();
    },
  };
};

import type { ExportState, ExportTicket, ExportWish } from "@inspector/contract/export";
import type { HubRequests } from "./hub-requests.ts";

/** Exports that the hub prepares. Every method rejects with RequestError. */
export type ExportClient = {
  readonly create: (wish: ExportWish) => Promise<ExportState>;
  readonly get: (id: string) => Promise<ExportState>;
  /** Where the browser may take the whole file, once. */
  readonly ticket: (id: string) => Promise<ExportTicket>;
  readonly cancel: (id: string) => Promise<void>;
};

export function createExportClient(hub: HubRequests): ExportClient {
  return {
    create: (wish) => hub.sendJson("exports", "POST", wish),
    get: (id) => hub.get(`exports/${id}`),
    ticket: (id) => hub.sendJson(`exports/${id}/ticket`, "POST"),
    cancel: async (id) => void (await hub.send(`exports/${id}`, "DELETE")),
  };
}

import type { SessionSummary } from "@inspector/contract/page";
import type { SessionClient } from "../data/session-client.ts";

/** Shows a kept session in this page. Another session is another page: nothing of the one before may remain. */
export async function openSession(client: SessionClient, { name: kept, isCurrent }: SessionSummary): Promise<void> {
  const { name } = await client.openSession(kept);
  if (client.offline) {
    return client.offline.show(name);
  }
  location.assign(isCurrent ? "/" : `/?${new URLSearchParams({ session: name })}`);
}

/** The page of a running inspector that hangs. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHubClient } from "./hub-client.ts";

let silent: Server;

beforeEach(async () => {
  silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
});

afterEach(() => {
  silent.close();
});

test("an order to a hub that takes the connection and says nothing is given up", async () => {
  const { port } = silent.address() as AddressInfo;
  const client = createHubClient(`http://127.0.0.1:${port}/?token=t`, 50);
  await expect(client.post("/api/replays", {})).rejects.toMatchObject({ code: "hub-away" });
});

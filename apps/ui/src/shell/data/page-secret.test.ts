import { BroadcastChannel } from "node:worker_threads";
import { afterEach, describe, expect, test } from "vitest";
import { type PageSecret, takePageSecret } from "./page-secret.ts";

let tabs: BroadcastChannel[] = [];

afterEach(() => {
  for (const tab of tabs) {
    tab.close();
  }
  tabs = [];
});

type Tab = { readonly secret: PageSecret; readonly shown: string | undefined; readonly stored: Map<string, string> };

/** A tab at an address, with what it stored before a reload. */
async function open(path: string, stored = new Map<string, string>()): Promise<Tab> {
  const channel = new BroadcastChannel("inspector-test");
  tabs.push(channel);
  let shown: string | undefined;
  const secret = await takePageSecret({
    address: new URL(path, "http://127.0.0.1:1"),
    showAddress: (url) => {
      shown = url.href;
    },
    storage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
    channel: channel as unknown as globalThis.BroadcastChannel,
  });
  return { secret, shown, stored };
}

describe("the token of the link", () => {
  test("leaves the address bar and survives a reload", async () => {
    const { secret, shown, stored } = await open("/?token=abc&view=messages");
    expect(secret.token).toBe("abc");
    expect(shown).toBe("http://127.0.0.1:1/?view=messages");
    const reloaded = await open("/?view=messages", stored);
    expect(reloaded.secret.token).toBe("abc");
    expect(reloaded.shown).toBeUndefined();
  });

  test("is known to a tab that is opened without it, while another is open", async () => {
    const alone = await open("/");
    expect(alone.secret.token).toBe("");
    await open("/?token=abc");
    const another = await open("/?session=b");
    expect(another.secret.token).toBe("abc");
    expect([...another.stored.values()]).toEqual(["abc"]);
  });

  test("of a newer link takes the place of the one that is kept", async () => {
    const { stored } = await open("/?token=old");
    expect((await open("/?token=new", stored)).secret.token).toBe("new");
  });

  test("is neither kept nor passed on once the hub has refused it", async () => {
    const { secret, stored } = await open("/?token=old");
    secret.forget();
    expect(secret.token).toBe("");
    expect(stored.size).toBe(0);
    expect((await open("/")).secret.token).toBe("");
  });
});

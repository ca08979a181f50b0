/**
 * The token of the link, which the page keeps to itself. It is in the storage of this tab, so that it survives a reload, and
 * in no cookie: browsers send a cookie to every port of this machine.
 *
 * A tab that was opened without the link (by a link of the page, or its address) asks the tabs that are open.
 */

const KEY = "inspector-token";

/** How long other tabs have to answer, in ms. */
const ANSWER_MS = 300;

export type PageSecret = {
  /** "" where nobody knows it: the hub then says what to do. */
  readonly token: string;
  /** The hub does not take it: it is not kept, and not passed on to other tabs. */
  readonly forget: () => void;
};

/** What a page has of its browser. Tabs hear each other on the channel, also those of other sessions of this hub. */
export type Surroundings = {
  readonly address: URL;
  /** Puts another address into the address bar. */
  readonly showAddress: (url: URL) => void;
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly channel: Pick<BroadcastChannel, "postMessage" | "addEventListener">;
};

/** Takes the token out of the address, or from where it is kept; and from then on tells other tabs that ask. */
export async function takePageSecret(page: Surroundings): Promise<PageSecret> {
  let token = tokenInAddress(page) ?? page.storage.getItem(KEY) ?? (await askOthers(page.channel)) ?? "";
  const keep = (): void => (token === "" ? page.storage.removeItem(KEY) : page.storage.setItem(KEY, token));
  keep();
  page.channel.addEventListener("message", ({ data }) => {
    if (data === ASKING && token !== "") {
      page.channel.postMessage({ token });
    }
  });
  return {
    get token() {
      return token;
    },
    forget() {
      token = "";
      keep();
    },
  };
}

const ASKING = "which token?";

function tokenInAddress({ address, showAddress }: Surroundings): string | undefined {
  const token = address.searchParams.get("token");
  if (token === null) {
    return undefined;
  }
  address.searchParams.delete("token");
  showAddress(address);
  return token;
}

function askOthers(channel: Surroundings["channel"]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ANSWER_MS);
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (typeof data === "object" && data !== null && "token" in data && typeof data.token === "string") {
        clearTimeout(timer);
        resolve(data.token);
      }
    });
    channel.postMessage(ASKING);
  });
}

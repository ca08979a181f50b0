import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "./shell/theme/tokens.css";
import "./shell/theme/base.css";
import { notifyManager, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { attention } from "./shell/data/attention.ts";
import { openBrowserSocket } from "./shell/data/browser-socket.ts";
import { scheduleFrame } from "./shell/data/frame-signal.ts";
import { HubRequests } from "./shell/data/hub-requests.ts";
import { createLiveClient } from "./shell/data/live-client.ts";
import { LiveStoreContext } from "./shell/data/live-store.ts";
import { takePageSecret } from "./shell/data/page-secret.ts";
import { RequestError } from "./shell/data/session-client.ts";
import { SessionContext } from "./shell/data/session-context.ts";
import { SessionStore } from "./shell/data/session-store.ts";
import { keptInTab } from "./shell/kept/kept.ts";
import { parseAddress } from "./shell/page/address.ts";
import { watchStyles } from "./shell/panes/chunk.ts";
import { applyTheme, loadTheme } from "./shell/theme/theme.ts";

applyTheme(loadTheme());
watchStyles(window);
attention.watch(window);

const secret = await takePageSecret({
  address: new URL(location.href),
  showAddress: (url) => history.replaceState(history.state, "", url),
  storage: keptInTab,
  channel: new BroadcastChannel("inspector"),
});
const page = new URL(location.href);
const address = parseAddress(page.search);
const client = createLiveClient(new HubRequests(page, secret), openBrowserSocket);
const store = new SessionStore(client, scheduleFrame, address.filter.trim());

/** A page of a kept session replays into the one that is recorded now. */
const openLive = page.searchParams.has("session")
  ? once(() => new SessionStore(client.about(undefined), scheduleFrame, ""))
  : undefined;

function once<T>(create: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= create());
}

/** Once more where the hub was silent or broken; what it refuses it refuses again. */
function shouldRetry(failures: number, error: Error): boolean {
  const isRefused = error instanceof RequestError && error.status >= 400 && error.status < 500;
  return failures === 0 && !isRefused;
}

// An answer that waited for a frame is shown in it.
notifyManager.setScheduler(queueMicrotask);
const queries = new QueryClient({
  defaultOptions: { queries: { gcTime: 60_000, staleTime: 1000, retry: shouldRetry, refetchOnWindowFocus: false } },
});

const root = document.getElementById("root");
if (root === null) {
  throw new Error("index.html has no #root");
}
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <SessionContext value={store}>
        <LiveStoreContext value={openLive}>
          <App address={address} />
        </LiveStoreContext>
      </SessionContext>
    </QueryClientProvider>
  </StrictMode>,
);

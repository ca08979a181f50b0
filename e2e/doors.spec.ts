/** Who sees the page, in a real browser: tabs, reloads, other servers of the machine, tunnels. */
import { createServer, request as httpRequest, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, type Page, test } from "@playwright/test";
import { type InspectorProcess, startInspector, type TemporaryFolder, temporaryFolder } from "./inspector-process.ts";

let state: TemporaryFolder;
let inspector: InspectorProcess | undefined;
let server: Server | undefined;

test.beforeEach(() => {
  state = temporaryFolder();
});

test.afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await inspector?.stop();
  inspector = undefined;
  server = undefined;
  state.remove();
});

async function start(...more: string[]): Promise<InspectorProcess> {
  inspector = await startInspector(["--listen", "0", "--upstream", "127.0.0.1:1", ...more], state.path);
  return inspector;
}

async function listen(made: Server): Promise<number> {
  server = made.listen(0, "127.0.0.1");
  await new Promise((resolve) => made.once("listening", resolve));
  return (made.address() as AddressInfo).port;
}

/** The page has its session, and news of it. */
async function expectConnected(page: Page): Promise<void> {
  await expect(page.getByText("Waiting for a worker")).toBeVisible();
  await expect(page.getByText(/refused|The token is missing/u)).toHaveCount(0);
}

test("the link opens the page, which is then there in reloads, in tabs of its links and by its address", async ({
  page,
  context,
}) => {
  const { ui } = await start();
  await page.goto(ui);
  expect(page.url()).not.toContain("token");
  await expectConnected(page);
  await page.reload();
  await expectConnected(page);
  const opened = context.waitForEvent("page");
  await page
    .getByRole("navigation", { name: "Views" })
    .getByRole("link", { name: "Messages" })
    .click({ modifiers: ["Control"] });
  await expectConnected(await opened);
  const typed = await context.newPage();
  await typed.goto(new URL("/?view=workers", ui).href);
  await expect(typed.getByRole("main", { name: "Workers" })).toBeVisible();
  await typed.reload();
  await expect(typed.getByRole("main", { name: "Workers" })).toBeVisible();
  await expect(typed.getByText(/The token is missing/u)).toHaveCount(0);
});

test("a tab that nobody can tell the token says what to open", async ({ page, context }) => {
  const { ui } = await start();
  await page.goto(ui);
  await expectConnected(page);
  await page.close();
  const alone = await context.newPage();
  await alone.goto(new URL("/", ui).href);
  await expect(alone.getByText("Open the link that the inspector printed when it started")).toBeVisible();
});

test("what a browser sends to other servers of the machine opens nothing that was recorded", async ({ page }) => {
  const { ui } = await start();
  await page.goto(ui);
  await expectConnected(page);
  let cookie = "";
  const port = await listen(
    createServer((request, response) => {
      cookie = request.headers.cookie ?? "";
      response.end("hello");
    }),
  );
  await page.goto(`http://127.0.0.1:${port}/`);
  const { origin } = new URL(ui);
  for (const [method, path] of [
    ["GET", "/api/session"],
    ["GET", "/api/messages"],
    ["POST", "/api/holds/rules"],
    ["DELETE", "/api/sessions/a"],
  ] as const) {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: { cookie, origin, "content-type": "application/json" },
      ...(method !== "GET" && { body: "{}" }),
    });
    expect(answer.status, path).toBe(403);
  }
});

/** A tunnel that tells the inspector its own name and leaves the browser's Origin. */
function tunnelTo(target: URL): Server {
  const { hostname: host, port, host: name } = target;
  const tunnel = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const onward = httpRequest({ host, port, path, method, headers: { ...headers, host: name } }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  tunnel.on("upgrade", ({ url, headers }, socket) => {
    const onward = connect(Number(port), host, () => {
      const lines = Object.entries({ ...headers, host: name }).map(([key, value]) => `${key}: ${value}`);
      onward.write(`GET ${url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) {
      end.on("error", () => {});
    }
  });
  return tunnel;
}

test("behind a tunnel the page says what was refused and how to allow it, and works where it is allowed", async ({
  page,
}) => {
  const first = await start();
  const port = await listen(tunnelTo(new URL(first.ui)));
  await page.goto(`http://localhost:${port}/${new URL(first.ui).search}`);
  await expect(page.getByText(`its Origin http://localhost:${port} is not the inspector's own page`)).toBeVisible();
  await expect(page.getByText(`--allow-origin http://localhost:${port}`)).toBeVisible();
  server?.closeAllConnections();
  server?.close();
  await first.stop();
  const second = await start("--allow-origin", `http://localhost:${port}`);
  await new Promise<void>((resolve) => {
    server = tunnelTo(new URL(second.ui)).listen(port, "127.0.0.1", resolve);
  });
  await page.goto(`http://localhost:${port}/${new URL(second.ui).search}`);
  await expectConnected(page);
});

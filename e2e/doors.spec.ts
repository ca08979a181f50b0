/** Who sees the page, in a real browser: tabs, reloads, other servers of the machine, tunnels. */
import { createServer, request as httpRequest, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { create, encodeMessage, StreamingMessageSchema } from "@inspector/proto";
import { expect, type Page, test } from "@playwright/test";
import { connectRawWorker, startRawHost } from "./grpc-pair.ts";
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
    // The inspector may end while it is asked.
    onward.on("error", () => outgoing.destroy());
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

const NASTY = "a\u001b[2J\u202etxt.exe\u009b31m";
const SIGNS = "a␛[2J<U+202E>txt.exe<U+009B>31m";

/** A session with one log, whose text is nasty, and the page on its message. */
async function openNasty(page: Page): Promise<void> {
  const host = await startRawHost((call) => {
    call.on("data", () => {});
    call.on("error", () => {});
  });
  inspector = await startInspector(["--listen", "0", "--upstream", `127.0.0.1:${host.port}`], state.path);
  const worker = connectRawWorker(inspector.listen);
  const content = { case: "rpcLog", value: { message: NASTY, level: 2 } } as const;
  worker.call.write(Buffer.from(encodeMessage(create(StreamingMessageSchema, { content }))));
  await page.goto(inspector.ui);
  await page.getByRole("navigation", { name: "Views" }).getByText("Messages").click();
  await page.getByRole("row", { name: SIGNS }).click();
  await expect(page.getByRole("region", { name: "Message" })).toContainText(SIGNS);
  worker.close();
  host.close();
}

test("what a browser would obey is shown by signs, and copied as it is", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await openNasty(page);
  const shown = await page.locator("body").innerText();
  expect(shown).not.toMatch(/[^\P{Cc}\n\t]|\p{Bidi_Control}/u);
  await page.getByRole("button", { name: "Copy the text" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(NASTY);
});

test.describe("where the browser gives no clipboard", () => {
  test("a selection is copied", async ({ page }) => {
    await page.addInitScript(`
      Object.defineProperty(navigator, "clipboard", { value: undefined });
      document.addEventListener("copy", () => { window.copied = document.activeElement.value; });
    `);
    await openNasty(page);
    await page.getByRole("button", { name: "Copy the text" }).click();
    await expect(page.getByRole("button", { name: "Copied" })).toBeFocused();
    expect(await page.evaluate("window.copied")).toBe(NASTY);
    await page.getByRole("button", { name: "Copy as" }).first().click();
    await page.getByRole("menuitem", { name: "JSON" }).first().click();
    await expect(page.getByText("JSON copied")).toBeVisible();
    expect(await page.evaluate("JSON.parse(window.copied).rpcLog.message")).toBe(NASTY);
  });

  test("and no selection either, the text is there to be copied by hand", async ({ page }) => {
    await page.addInitScript(`
      navigator.clipboard.writeText = () => Promise.reject(new DOMException("no", "NotAllowedError"));
      document.execCommand = () => false;
    `);
    await openNasty(page);
    await page.getByRole("button", { name: "Copy the text" }).click();
    const dialog = page.getByRole("dialog", { name: "The browser refuses to copy" });
    await expect(dialog.getByRole("textbox", { name: "Text to copy" })).toBeFocused();
    expect(await page.evaluate("getSelection().toString()")).toBe(NASTY);
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await page.getByRole("button", { name: "Copy as" }).first().click();
    await page.getByRole("menuitem", { name: "JSON" }).first().click();
    await expect(dialog.getByRole("textbox", { name: "Text to copy" })).toHaveValue(/rpcLog/u);
  });
});

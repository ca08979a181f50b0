// What is to be seen in each picture of the page, and how to get there.

/**
 * The pictures of docs/screenshots. Each gets a page that shows the session's first view, and the address of the host's HTTP;
 * it may return how to undo what it did.
 */
export const PICTURES = {
  async invocations(page) {
    await page.getByRole("row", { name: /hello/u }).first().waitFor();
    await page.keyboard.press("f");
    await page.getByRole("region", { name: "Invocation" }).getByRole("note").first().waitFor();
  },
  async "invocation-detail"(page) {
    await filterBy(page, "fn:slow");
    await openRow(page, "Invocations", /slow/u);
    await page.getByRole("tab", { name: "Timing" }).click();
    await page.getByText("Where the time went").waitFor();
  },
  async difference(page) {
    await filterBy(page, "fn:resize status:failed");
    await openRow(page, "Invocations", /resize/u);
    await page.getByRole("button", { name: "Compare with the last good call" }).click();
    await page.getByRole("table", { name: "Differences of the inputs" }).waitFor();
  },
  async messages(page) {
    await openView(page, "Messages");
    await filterBy(page, "fn:order OR fn:resize");
    await openRow(page, "Messages", /invocation_request.*order/u);
    await page.getByRole("tab", { name: "Message" }).waitFor();
  },
  async logs(page) {
    await openView(page, "Logs");
    await filterBy(page, "-is:system");
    await page.getByRole("grid", { name: "Logs" }).getByRole("row").nth(1).waitFor();
  },
  async functions(page) {
    await openView(page, "Functions");
    await openRow(page, "Functions", /resize/u);
    await page.getByRole("table", { name: /^Errors/u }).waitFor();
  },
  async workers(page) {
    await openView(page, "Workers");
    await openRow(page, "Workers", /node/u);
    await page.getByRole("heading", { name: "Capabilities" }).waitFor();
  },
  async problems(page) {
    await openView(page, "Problems");
    await page.getByRole("heading", { name: "What comes of it" }).waitFor();
  },
  async sessions(page) {
    await chooseBoth(page);
  },
  async compare(page) {
    await chooseBoth(page);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByRole("table", { name: "Functions" }).waitFor();
  },
  async replay(page, http) {
    await fetch(`${http}/api/hello?name=Ada`);
    await editLast(page, /hello(?!.*replay).*Ada.*200/u);
    await page.getByRole("textbox", { name: "Value of query parameter name" }).fill("Grace");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("table", { name: "Differences" }).waitFor();
    await page.getByRole("region", { name: "Replay", exact: true }).evaluate((pane) => pane.scrollTo(0, 0));
  },
  async "replay-answers"(page, http) {
    const input = '{"picture":"alps.jpg","width":9000,"height":6000}';
    await post(http, "/admin/functions/resize", { input });
    await editLast(page, /resize.*needs/u);
    const editor = page.getByRole("region", { name: /^Input /u }).getByRole("textbox");
    await editor.first().focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(input.replaceAll("000", "00"));
    await page.keyboard.press("Control+Enter");
    await page.getByRole("table", { name: "Differences" }).waitFor();
  },
  async holds(page, http) {
    await openView(page, "Holds");
    await page.getByRole("combobox", { name: "Function" }).selectOption("hello");
    await page.getByRole("button", { name: "Hold", exact: true }).click();
    await page.getByRole("list", { name: "Hold rules" }).waitFor();
    const answers = ["Ada", "Grace"].map((name) => fetch(`${http}/api/hello?name=${name}`));
    await page.getByRole("list", { name: "Held messages" }).getByRole("listitem").nth(1).waitFor();
    await page.getByRole("region", { name: "Held message" }).getByRole("textbox", { name: "URL" }).waitFor();
    return async () => {
      await page.getByRole("button", { name: /^Stop holding/u }).click();
      await Promise.all(answers);
    };
  },
  async died(page) {
    await openView(page, "Workers");
    await page.getByRole("region", { name: "Verdict" }).first().waitFor();
  },
  async empty(page) {
    await page.getByRole("heading", { name: /Waiting for a worker/u }).waitFor();
  },
};

/** States that the documentation has no picture of, for those who look through all of them. They get the page's own link too. */
export const STATES = {
  async "list-alone"(page) {
    await anyRow(page);
  },
  async sorted(page, _, ui) {
    await visit(page, ui, { sort: "-duration" });
    await page.getByRole("row", { name: /slow/u }).first().waitFor();
  },
  ...Object.fromEntries(
    ["request", "response", "logs", "messages", "raw"].map((tab) => [
      `failed-${tab}`,
      async (page) => {
        await anyRow(page);
        await filterBy(page, "fn:resize status:failed");
        await openRow(page, "Invocations", /resize/u);
        await page.getByRole("tab", { name: new RegExp(`^${tab}`, "iu") }).click();
        await page.getByRole("tabpanel").waitFor();
      },
    ]),
  ),
  async "message-json"(page) {
    await openView(page, "Messages");
    await filterBy(page, "fn:order");
    await openRow(page, "Messages", /invocation_request.*order/u);
    await page.getByRole("tab", { name: "JSON" }).click();
  },
  async "message-found"(page) {
    await openView(page, "Messages");
    await filterBy(page, "fn:order");
    await openRow(page, "Messages", /invocation_request.*order/u);
    await page.getByRole("tab", { name: "Message" }).waitFor();
    await page.keyboard.press("Control+f");
    await page.getByRole("textbox", { name: "Text to find" }).fill("order");
  },
  async "messages-alone"(page) {
    await openView(page, "Messages");
    await page.getByRole("grid", { name: "Messages" }).getByRole("row").nth(3).waitFor();
  },
  async "functions-alone"(page) {
    await openView(page, "Functions");
    await page
      .getByRole("row", { name: /resize/u })
      .first()
      .waitFor();
  },
  async "workers-alone"(page) {
    await openView(page, "Workers");
    await page.getByRole("row", { name: /node/u }).first().waitFor();
  },
  async "holds-alone"(page) {
    await openView(page, "Holds");
    await page.getByText("No rule holds messages").waitFor();
  },
  async "sessions-alone"(page) {
    await openView(page, "Sessions");
    await page
      .getByRole("row", { name: /before/u })
      .first()
      .waitFor();
    await page
      .getByRole("row", { name: /before/u })
      .first()
      .click();
  },
  async completions(page) {
    await anyRow(page);
    await page.getByRole("combobox", { name: "Filter" }).pressSequentially("fn:");
    await page.getByRole("option").first().waitFor();
  },
  async "filter-error"(page) {
    await anyRow(page);
    const field = page.getByRole("combobox", { name: "Filter" });
    await field.fill("dur:>soon");
    await field.press("Escape");
    await page.getByRole("alert").waitFor();
  },
  async "nothing-passes"(page, _, ui) {
    await visit(page, ui, { filter: "fn:nobody" });
    await page.getByText("Nothing passes the filter").waitFor();
  },
  async "no-such-invocation"(page, _, ui) {
    await visit(page, ui, { invocation: "999999" });
    await page
      .getByText(/999999/u)
      .first()
      .waitFor();
  },
  async "no-such-session"(page, _, ui) {
    await visit(page, ui, { session: "nowhere" });
    await page.getByText("No such session").first().waitFor();
  },
  async "no-such-page"(page, _, ui) {
    await page.goto(new URL("/nowhere", ui).href);
  },
  async commands(page) {
    await anyRow(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Commands" }).waitFor();
  },
  async help(page) {
    await anyRow(page);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  },
  async export(page) {
    await anyRow(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Command" }).fill("Export");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: /Export/u }).waitFor();
    await page.getByRole("button", { name: "Export", exact: true, disabled: false }).waitFor();
  },
  async budgets(page) {
    await anyRow(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Command" }).fill("Budgets");
    await page.keyboard.press("Enter");
    await page.getByRole("table", { name: "Budgets" }).waitFor();
  },
  async "copy-menu"(page) {
    await anyRow(page);
    await filterBy(page, "fn:resize status:failed");
    await openRow(page, "Invocations", /resize/u);
    await page
      .getByRole("region", { name: "Invocation" })
      .getByRole("button", { name: "Copy as", exact: true })
      .click();
  },
  async "hold-answer"(page) {
    await openView(page, "Holds");
    await page.getByRole("combobox", { name: "Function" }).selectOption("hello");
    await page
      .getByRole("group", { name: "Then" })
      .getByRole("button", { name: /answer/iu })
      .click();
    await page.getByRole("region", { name: "The answer" }).waitFor();
  },
  async away(page) {
    await anyRow(page);
    // An open socket outlives all that the browser is told: it is given up when its next question is not answered.
    await page.route("**/*", (route) => route.abort());
    await page
      .getByRole("banner")
      .getByText(/^Inspector away since/u)
      .waitFor();
    return () => page.unroute("**/*");
  },
};

/** The page's own link with other parameters in it. */
async function visit(page, ui, parameters) {
  const url = new URL(ui);
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.set(name, value);
  }
  await page.goto("about:blank");
  await page.goto(url.href);
}

async function openView(page, title) {
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: title }).click();
}

async function chooseBoth(page) {
  await openView(page, "Sessions");
  for (const name of ["before-the-update", "after-the-update"]) {
    await page.getByRole("checkbox", { name: `Compare ${name}` }).check();
  }
}

async function openRow(page, grid, name) {
  await page.getByRole("grid", { name: grid, exact: true }).getByRole("row", { name }).first().click();
}

async function editLast(page, name) {
  await page.getByRole("grid", { name: "Invocations", exact: true }).getByRole("row", { name }).last().click();
  await page.keyboard.press("e");
}

function post(http, path, body) {
  const headers = { "content-type": "application/json" };
  return fetch(`${http}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function filterBy(page, text) {
  const field = page.getByRole("combobox", { name: "Filter" });
  await field.fill(text);
  // Once for the completions, once to leave.
  await field.press("Escape");
  await page.keyboard.press("Escape");
}

/** Whatever is in sight: of a list that goes on nobody knows which rows are. */
async function anyRow(page) {
  await page.getByRole("grid").getByRole("row").nth(3).waitFor();
}

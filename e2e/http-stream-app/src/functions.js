/** An app whose HTTP requests cross beside the stream: the worker takes them on a server of its own. */
const { app } = require("@azure/functions");

app.setup({ enableHttpStream: true });

const ANONYMOUS = { authLevel: "anonymous" };

app.http("text", {
  ...ANONYMOUS,
  methods: ["GET"],
  handler: async (request, context) => {
    context.log(`text for ${request.query.get("name")}`);
    return { status: 203, headers: { "x-answer": "yes" }, body: `hello ${request.query.get("name")}` };
  },
});

app.http("echo", {
  ...ANONYMOUS,
  methods: ["POST", "PUT"],
  handler: async (request) => ({ body: new Uint8Array(await request.arrayBuffer()) }),
});

app.http("chunked", {
  ...ANONYMOUS,
  methods: ["POST"],
  handler: async (request) => ({
    body: (async function* () {
      for await (const bytes of request.body) {
        yield bytes;
      }
    })(),
  }),
});

/** Callbacks of "wait" that have not been called. */
const waiting = new Map();

app.http("wait", {
  ...ANONYMOUS,
  route: "wait/{key}",
  methods: ["GET"],
  handler: async (request) => ({
    body: (async function* () {
      const released = new Promise((resolve) => waiting.set(request.params.key, resolve));
      yield `pid ${process.pid};`;
      await released;
      yield "released";
    })(),
  }),
});

app.http("release", {
  ...ANONYMOUS,
  route: "release/{key}",
  methods: ["POST"],
  handler: async (request) => {
    waiting.get(request.params.key)?.();
    return { status: 204 };
  },
});

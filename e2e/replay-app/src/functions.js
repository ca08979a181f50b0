const { app, output } = require("@azure/functions");

const letters = output.storageQueue({ queueName: "letters", connection: "Storage" });

/** Whose name is asked for is greeted, and remembered by the id of the call. */
app.http("greet", {
  methods: ["GET"],
  authLevel: "anonymous",
  handler: (request, context) => {
    const name = request.query.get("name") ?? "nobody";
    const word = "Hello";
    context.log(`Greeting ${name} in ${context.invocationId}`);
    return { jsonBody: { greeting: `${word}, ${name}!`, call: context.invocationId } };
  },
});

/** Says what it was told, also into a queue. */
app.http("echo", {
  methods: ["POST"],
  authLevel: "anonymous",
  extraOutputs: [letters],
  handler: async (request, context) => {
    const text = await request.text();
    context.extraOutputs.set(letters, { text });
    return { status: 201, headers: { "x-length": String(text.length) }, body: text };
  },
});

app.http("fail", {
  methods: ["GET"],
  authLevel: "anonymous",
  handler: (request, context) => {
    context.error("about to fail");
    throw new RangeError(`no such thing: ${request.query.get("what")}`);
  },
});

app.storageQueue("sort", {
  queueName: "letters",
  connection: "Storage",
  handler: (letter, context) => {
    context.warn(`sorted a letter of ${letter.text.length}`);
  },
});

/** Calls that wait for another to let them go, by the key that both name. */
const waiting = new Map();

app.storageQueue("wait", {
  queueName: "waiting",
  connection: "Storage",
  handler: ({ key }) => new Promise((resolve) => waiting.set(key, resolve)),
});

app.storageQueue("release", {
  queueName: "released",
  connection: "Storage",
  handler: ({ key }) => waiting.get(key)?.(),
});

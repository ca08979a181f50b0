const { app } = require("@azure/functions");

/** The shop's front page: greets a customer by a name from the query string or a JSON body. */
app.http("hello", {
  methods: ["GET", "POST"],
  authLevel: "anonymous",
  handler: async (request, context) => {
    const name = request.query.get("name") ?? (await nameInBody(request)) ?? "photographer";
    context.log(`Welcoming ${name}`);
    return { jsonBody: { shop: "Lumen Prints", message: `Hello, ${name}! Your pictures are waiting for paper.` } };
  },
});

async function nameInBody(request) {
  const text = await request.text();
  if (text === "") {
    return undefined;
  }
  try {
    return JSON.parse(text)?.name;
  } catch {
    return text.trim();
  }
}

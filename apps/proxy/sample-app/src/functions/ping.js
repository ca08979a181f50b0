const { app } = require("@azure/functions");

/** As little as a function can do: for bursts. */
app.http("ping", {
  methods: ["GET"],
  authLevel: "anonymous",
  handler: () => ({ body: "pong" }),
});

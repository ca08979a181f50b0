const { randomUUID } = require("node:crypto");
const { app } = require("@azure/functions");
const { auditEvents, formats, resizeJobs } = require("../shop");

/**
 * Takes an order: {"customer": "Ada", "format": "20x30", "pictures": ["alps.jpg", "lake.jpg"]}. One message a picture
 * goes to the printers' queue, one to the books.
 */
app.http("order", {
  methods: ["POST"],
  authLevel: "anonymous",
  extraOutputs: [resizeJobs, auditEvents],
  handler: async (request, context) => {
    const order = await request.json().catch(() => undefined);
    const problem = problemWith(order);
    if (problem !== undefined) {
      context.warn(`Order refused: ${problem}`);
      return { status: 400, jsonBody: { error: problem } };
    }

    const { customer, format, pictures } = order;
    const { width, height, cents } = formats[format];
    const orderId = randomUUID();
    const total = pictures.length * cents;
    context.log(`Order ${orderId} of ${customer}: ${pictures.length} x ${format}, ${(total / 100).toFixed(2)} EUR`);

    context.extraOutputs.set(
      resizeJobs,
      pictures.map((picture) => ({ orderId, picture, width, height })),
    );
    context.extraOutputs.set(auditEvents, { action: "order.placed", orderId, customer, totalCents: total });
    return { status: 202, headers: { location: `/api/orders/${orderId}` }, jsonBody: { orderId, totalCents: total } };
  },
});

function problemWith(order) {
  if (typeof order !== "object" || order === null) {
    return "The order is not a JSON object.";
  }
  if (typeof order.customer !== "string") {
    return "Who is ordering? `customer` is missing.";
  }
  if (!(order.format in formats)) {
    return `There is no format "${order.format}"; choose ${Object.keys(formats).join(", ")}.`;
  }
  if (!Array.isArray(order.pictures) || order.pictures.length === 0) {
    return "There are no `pictures` in the order.";
  }
  return undefined;
}

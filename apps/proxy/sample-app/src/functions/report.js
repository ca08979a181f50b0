const { app } = require("@azure/functions");
const { formats, wholeNumber } = require("../shop");

const header = "order,format,pictures,cents\n";

/**
 * The sales report as CSV of ?kb= KiB (2048 where nothing is said). A POST brings last month's report along, of any size,
 * so that large payloads go both ways.
 */
app.http("report", {
  methods: ["GET", "POST"],
  authLevel: "anonymous",
  handler: async (request, context) => {
    const size = 1024 * wholeNumber(request.query.get("kb"), 2048, 262_144);
    const previous = await request.arrayBuffer();
    if (previous.byteLength > 0) {
      context.log(`Comparing with last month's ${previous.byteLength.toLocaleString("en")} bytes`);
    }
    const csv = rows(size);
    context.log(`Report of ${csv.byteLength.toLocaleString("en")} bytes`);
    return {
      headers: { "content-type": "text/csv; charset=utf-8", "x-previous-bytes": String(previous.byteLength) },
      body: csv,
    };
  },
});

/** Exactly `size` bytes of plausible sales; the last line may be cut. */
function rows(size) {
  const names = Object.keys(formats);
  let text = header;
  for (let order = 1; text.length < Math.min(size, 65_536); order += 1) {
    const format = names[order % names.length];
    const pictures = 1 + ((order * 7) % 24);
    text += `LP-${String(order).padStart(7, "0")},${format},${pictures},${pictures * formats[format].cents}\n`;
  }
  return Buffer.alloc(size, text);
}

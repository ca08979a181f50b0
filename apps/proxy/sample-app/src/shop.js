const { output } = require("@azure/functions");

/** What Lumen Prints sells: paper sizes in pixels at 300 dpi, prices in cents. */
const formats = {
  "10x15": { width: 1772, height: 1181, cents: 19 },
  "20x30": { width: 3543, height: 2362, cents: 249 },
  "50x75": { width: 8858, height: 5906, cents: 1499 },
};

/** The renderer has memory for this many pixels of one picture. */
const maxPixels = 50_000_000;

/** Pictures to be scaled for the printers; read by `resize`. */
const resizeJobs = output.storageQueue({ queueName: "resize-jobs", connection: "AzureWebJobsStorage" });

/** What happened to whom, for the books; read by `audit`. */
const auditEvents = output.storageQueue({ queueName: "audit-events", connection: "AzureWebJobsStorage" });

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A whole number from the query string, kept between 1 and `max`. */
function wholeNumber(text, standard, max) {
  const number = Number.parseInt(text ?? "", 10);
  return Number.isNaN(number) ? standard : Math.min(Math.max(number, 1), max);
}

module.exports = { auditEvents, formats, maxPixels, resizeJobs, wait, wholeNumber };

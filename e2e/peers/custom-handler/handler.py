"""A custom handler for the tests: answers payloads of its host, and callers' own requests below /api/."""
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, content_type, body):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/":
            self.answer(404, "text/plain", b"")
        elif self.path.startswith("/api/"):
            heard = {"path": self.path, "headers": self.headers.items(), "body": body.decode("utf-8")}
            self.answer(200, "application/json", json.dumps(heard).encode("utf-8"))
        else:
            self.invoke(json.loads(body))

    def invoke(self, payload):
        order = str(payload["Data"]["order"])
        if "crash" in order:
            sys.stderr.write("the order was too much\n")
            sys.stderr.flush()
            os._exit(3)
        if "break" in order:
            self.answer(500, "text/plain", b"no")
            return
        result = {"Outputs": {"receipt": "got " + order}, "Logs": ["one", "two"]}
        self.answer(200, "application/json", json.dumps(result).encode("utf-8"))

    do_GET = do_POST


port = int(os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"])
server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
names = [name for name in os.environ if "INSPECTOR" in name or name.startswith("AzureFunctionsJobHost")]
print("handler in", os.getcwd(), "with", sys.argv[1:], "and", names, flush=True)
server.serve_forever()

"""A scripted gRPC peer on grpcio; README.md in the folder above says what it is told and what it answers."""

import base64
import hashlib
import json
import queue
import sys
import threading
import time
from concurrent import futures

import grpc

OPTIONS = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_metadata_size", 1 << 20),
    ("grpc.absolute_max_metadata_size", 1 << 20),
]
STATUS_CODES = {code.value[0]: code for code in grpc.StatusCode}
COMPRESSION = {"gzip": grpc.Compression.Gzip, "deflate": grpc.Compression.Deflate}
output = threading.Lock()


def say(value):
    with output:
        print(json.dumps(value), flush=True)


def content(step):
    head = base64.b64decode(step.get("base64", ""))
    size = step.get("bytes", 0)
    seed = step.get("seed", 0)
    block = bytes((i * 7 + (i >> 8) * 13 + seed) & 255 for i in range(min(size, 65521)))
    return head + (block * (size // 65521 + 1))[:size]


def to_metadata(pairs):
    return [(key, base64.b64decode(value) if key.endswith("-bin") else value) for key, value in pairs]


def from_metadata(metadata):
    pairs = [
        [key, base64.b64encode(value).decode() if key.endswith("-bin") else value]
        for key, value in metadata or ()
        if key.startswith("x-")
    ]
    return sorted(pairs, key=lambda pair: pair[0])


class Inbox:
    """What one side of a call has received."""

    def __init__(self, source):
        self.messages = []
        self.awaited = 0
        self.is_ended = False
        self.error = None
        self.changed = threading.Condition()
        threading.Thread(target=self._read, args=(source,), daemon=True).start()

    def _read(self, source):
        error = None
        try:
            for message in source:
                entry = [len(message), hashlib.sha256(message).hexdigest()]
                with self.changed:
                    self.messages.append(entry)
                    self.changed.notify_all()
        except Exception as failure:  # grpcio raises an Exception of no particular kind for a cancelled call.
            error = failure
        with self.changed:
            self.error = error
            self.is_ended = True
            self.changed.notify_all()

    def receive(self, count):
        """Waits for so many messages more; false where the other side ended before."""
        with self.changed:
            self.awaited += count
            self.changed.wait_for(lambda: len(self.messages) >= self.awaited or self.is_ended)
            return len(self.messages) >= self.awaited

    def await_end(self):
        with self.changed:
            self.changed.wait_for(lambda: self.is_ended)
            return self.error is None


class Host(grpc.GenericRpcHandler):
    def __init__(self, script):
        self.scripts = {call["name"]: call for call in script["calls"] if "host" in call}
        self.paths = {call["path"] for call in self.scripts.values()}
        self.server = grpc.server(futures.ThreadPoolExecutor(64), options=OPTIONS)
        self.server.add_generic_rpc_handlers((self,))

    def service(self, details):
        if details.method not in self.paths:
            return None
        return grpc.stream_stream_rpc_method_handler(lambda requests, context: self.answer(details, requests, context))

    def answer(self, details, requests, context):
        metadata = from_metadata(context.invocation_metadata())
        call = self.scripts[dict(metadata)["x-call"]]
        if "hostCompression" in call:
            context.set_compression(COMPRESSION[call["hostCompression"]])
        inbox = Inbox(requests)

        def report():
            # What grpcio was told at the end of the call; before that, a worker that is gone looks like one that is done.
            is_cancelled = context._state.client == "cancelled"
            say(
                {
                    "call": call["name"],
                    "path": details.method,
                    "messages": inbox.messages,
                    "metadata": metadata,
                    "trailers": [],
                    "cancelled": is_cancelled,
                }
            )

        if not context.add_callback(report):
            report()
        for step in call["host"]:
            do = step["do"]
            is_going = True
            if do == "metadata":
                context.send_initial_metadata(to_metadata(step["metadata"]))
            elif do == "send":
                yield content(step)
            elif do == "receive":
                is_going = inbox.receive(step["count"])
            elif do == "await-end":
                is_going = inbox.await_end()
            elif do == "say":
                say({"said": step["text"]})
            elif do == "sleep":
                time.sleep(step["count"] / 1000)
            elif do == "stop":
                self.server.stop(30)
            elif do == "status":
                context.set_trailing_metadata(to_metadata(step["metadata"]))
                context.set_code(STATUS_CODES[step["code"]])
                context.set_details(step["message"])
            else:
                raise ValueError(f"no step of a host: {do}")
            if not is_going:
                break


def host(script):
    handler = Host(script)
    port = handler.server.add_insecure_port("127.0.0.1:0")
    handler.server.start()
    say({"port": port})
    sys.stdin.read()
    handler.server.stop(None).wait()


def ask(channel, script):
    outbox = queue.SimpleQueue()
    call = channel.stream_stream(script["path"])(
        iter(outbox.get, None),
        metadata=[*to_metadata(script["metadata"]), ("x-call", script["name"])],
        compression=COMPRESSION.get(script.get("workerCompression")),
    )
    inbox = Inbox(call)
    for step in script["worker"]:
        do = step["do"]
        is_going = True
        if do == "send":
            outbox.put(content(step))
        elif do == "receive":
            is_going = inbox.receive(step["count"])
        elif do == "half-close":
            outbox.put(None)
        elif do == "cancel":
            call.cancel()
        elif do == "say":
            say({"said": step["text"]})
        elif do == "sleep":
            time.sleep(step["count"] / 1000)
        else:
            raise ValueError(f"no step of a worker: {do}")
        if not is_going:
            break
    inbox.await_end()
    outbox.put(None)
    say(
        {
            "call": script["name"],
            "messages": inbox.messages,
            "metadata": from_metadata(call.initial_metadata()),
            "trailers": from_metadata(call.trailing_metadata()),
            "status": {"code": call.code().value[0], "message": call.details()},
        }
    )


def worker(script, address):
    labels = {call["channel"] for call in script["calls"]}
    options = [*OPTIONS, ("grpc.use_local_subchannel_pool", 1)]
    channels = {label: grpc.insecure_channel(address, options=options) for label in labels}
    tasks = [threading.Thread(target=ask, args=(channels[call["channel"]], call)) for call in script["calls"]]
    for task in tasks:
        task.start()
        if not script["parallel"]:
            task.join()
    for task in tasks:
        task.join()
    for channel in channels.values():
        channel.close()


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        script = json.load(file)
    if sys.argv[1] == "host":
        host(script)
    else:
        worker(script, sys.argv[3])


main()

"""The official Python worker, as it can be installed from its registry: version 1.1.9."""
import os
import sys

# Its messages were generated for an older protobuf.
os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"

# Today's host gives each of these a second time under another name, which this worker refuses.
KNOWN = {"--host", "--port", "--workerId", "--requestId", "--grpcMaxMessageLength"}
given = sys.argv[1:]
pairs = zip(given[::2], given[1::2])
sys.argv[1:] = [part for name, value in pairs if name in KNOWN for part in (name, value)]

from azure_functions_worker.main import main  # noqa: E402

if __name__ == "__main__":
    main()

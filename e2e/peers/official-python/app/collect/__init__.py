import json

import azure.functions as func


def main(letter: func.QueueMessage) -> str:
    written = json.loads(letter.get_body())
    return json.dumps({"to": written["to"], "count": written["count"] + 1})

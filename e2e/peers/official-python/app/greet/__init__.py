import logging

import azure.functions as func


def main(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    name = req.params["name"]
    logging.info("greeting %s in %s", name, context.invocation_id)
    if name == "nobody":
        raise ValueError("nobody is to be greeted")
    return func.HttpResponse(f"Hello, {name}!", headers={"x-body": req.get_body().decode() or "none"})

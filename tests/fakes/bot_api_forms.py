"""Requests as forms, and refusals as answers."""

import json

from aiohttp import web

from fakes.bot_api_faults import Fault

Form = dict[str, str]


async def read_form(request: web.Request) -> Form:
    if request.content_type == "application/json":
        body = await request.json()
        return {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in body.items()
        }
    posted = await request.post()
    form: Form = {**request.query}
    for name, value in posted.items():
        if isinstance(value, web.FileField):
            form[name] = value.filename
            form[f"{name}.content"] = value.file.read().decode("latin-1")
        else:
            form[name] = str(value)
    return form


def refuse(fault: Fault) -> web.Response:
    headers = {"Content-Type": "application/json", **fault.headers}
    return web.Response(status=fault.status, body=fault.body, headers=headers)

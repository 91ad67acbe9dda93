"""The API's documentation page: Swagger UI from a wheel, so that it works offline under a strict CSP."""

from importlib.resources import files
from typing import Final

from flask import Response, send_from_directory

from app.errors import NotFound
from app.http.answers import Answer

_ASSETS: Final = files("flask_openapi3_swagger") / "templates" / "swagger"
_OFFERED: Final = {"swagger-ui.css": "css", "swagger-ui-bundle.js": "js"}
_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Marquee API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""
_START: Final = (
    'SwaggerUIBundle({url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null, '
    "docExpansion: 'list', persistAuthorization: false});\n"
)


def page() -> Answer:
    headers = {"Content-Security-Policy": _CSP, "Cache-Control": "no-cache"}
    return Answer(response=Response(_PAGE, mimetype="text/html"), headers=headers)


def asset(name: str) -> Answer:
    if name == "start.js":
        return Answer(response=Response(_START, mimetype="text/javascript"), headers={"Cache-Control": "no-cache"})
    if name not in _OFFERED:
        raise NotFound("There is no such file.")
    return Answer(response=send_from_directory(str(_ASSETS / _OFFERED[name]), name, max_age=86400))

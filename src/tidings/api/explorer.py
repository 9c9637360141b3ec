"""`/docs`: the explorer, with no internet access. Its files come out of the `fastapi-swagger` wheel."""

from functools import cache
from importlib import resources
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from tidings.kit.problem import NotFound

router = APIRouter(include_in_schema=False)

# Scripts and requests go to this server only; the styles of Swagger UI are partly attributes.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tidings: explorer</title>
<link rel="icon" href="docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
</head>
<body>
<div id="explorer"></div>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/assets/start.js"></script>
</body>
</html>
"""

_START: Final = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#explorer",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout"
});
"""

_FROM_WHEEL: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """The description of everything, as the explorer reads it."""
    return JSONResponse(request.app.openapi())


@router.get("/")
async def front_door() -> Response:
    """Whoever opens the bare address wants to see what there is; relative, for there may be a path before it."""
    return RedirectResponse("docs")


@router.get("/docs/")
async def front_door_with_slash() -> Response:
    """The page's own address has none, and what it loads is relative to that."""
    return RedirectResponse("../docs")


@router.get("/docs")
async def explorer() -> Response:
    """The page."""
    return Response(_PAGE, media_type="text/html", headers={"Content-Security-Policy": _POLICY})


@router.get("/docs/assets/{name}")
async def asset(name: str) -> Response:
    """One of its files.

    Raises:
        NotFound: the page has no such file.
    """
    if name == "start.js":
        return Response(_START, media_type="text/javascript")
    if name not in _FROM_WHEEL:
        raise NotFound
    return Response(_read(name), media_type=_FROM_WHEEL[name], headers={"Cache-Control": "public, max-age=3600"})


@cache
def _read(name: str) -> bytes:
    return resources.files("fastapi_swagger.resources").joinpath(name).read_bytes()

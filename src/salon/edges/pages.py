"""The web page at `/`, and the files that it is made of. Each has a route of its own: no path of a request is looked
up anywhere.
"""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

from salon.ground.web import NO_BUILD, SAFETY, WebBuild, WebFile


def add_routes(app: web.Application, build: WebBuild) -> None:
    """The app and its files. The build's other pages are not for everybody: who serves them asks first."""
    page = build.find("/")
    app.router.add_get("/", _serve(page) if page is not None else _nothing_built)
    for path, file in build.files.items():
        if not path.endswith(".html"):
            app.router.add_get(path, _serve(file))


def _serve(file: WebFile) -> Handler:
    async def serve(request: web.Request) -> web.Response:
        return await page_answer(request, file)

    return serve


async def page_answer(request: web.Request, file: WebFile, **headers: str) -> web.Response:
    """A file of the build to whoever asked, under the policy that its scripts need; `headers` go over its own."""
    accepted, known = request.headers.get("Accept-Encoding"), request.headers.get("If-None-Match")
    # Read from the disk when it is asked for the first time.
    answer = await asyncio.to_thread(file.answer, accepted, known)
    return web.Response(status=answer.status, headers={**SAFETY, **answer.headers, **headers}, body=answer.body or None)


async def _nothing_built(_request: web.Request) -> web.Response:
    return web.Response(status=503, text=NO_BUILD)

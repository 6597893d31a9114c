"""What the HTTP handlers share: the application's parts, and refusals as responses."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from salon import errors
from salon.errors import Problem, Refusal
from salon.hall.hall import Hall
from salon.hall.shelving import Shelving

if TYPE_CHECKING:
    from salon.edges.quic import Opener

HALL = web.AppKey("hall", Hall)
SHELVING = web.AppKey("shelving", Shelving)

OPENER: web.AppKey["Opener | None"] = web.AppKey("opener")

CHECKSUM_MISMATCH = 460  # tus, checksum extension
# The status of a refusal where 400 would say too little.
_STATUS: dict[Problem, int] = {
    errors.NO_SUCH_FILE: 404,
    errors.UNKNOWN_ROOM: 404,
    errors.UNKNOWN_UPLOAD: 404,
    errors.BAD_TICKET: 401,
    errors.NOT_YOUR_FILE: 403,
    errors.NAME_TAKEN: 403,
    errors.FOREIGN_PAGE: 403,
    errors.OFFSET_DIFFERS: 409,
    errors.TOO_LARGE: 413,
    errors.SIZE_DIFFERS: 413,
    errors.CHECKSUM_DIFFERS: CHECKSUM_MISMATCH,
    errors.NO_UDP: 404,
    errors.TOO_MANY_UPLOADS: 429,
    errors.INTERNAL: 500,
    errors.STORAGE_FAILED: 503,
    errors.UPLOADS_FULL: 503,
    errors.CLOSING: 503,
    errors.DISK_FULL: 507,
    errors.NO_ROOM: 507,
}


class RefusalResponse(web.Response):
    """The answer to a request that was refused, which the operator hears of."""

    __slots__ = ("refusal",)

    def __init__(self, refusal: Refusal, **response: Any) -> None:
        super().__init__(**response)
        self.refusal = refusal


def refusal_response(
    refusal: Refusal, status: int | None = None, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A refusal as JSON: `code`, `message`, `retry`, `fields`."""
    body = {
        "code": refusal.code,
        "message": refusal.message,
        "retry": refusal.problem.retry,
        "fields": refusal.plain_fields,
    }
    return RefusalResponse(
        refusal,
        body=json.dumps(body).encode(),
        content_type="application/json",
        status=status or _STATUS.get(refusal.problem, 400),
        headers=headers,
    )

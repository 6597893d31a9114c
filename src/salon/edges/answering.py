"""What the HTTP handlers share: the application's parts, and refusals as responses."""

from collections.abc import Mapping

from aiohttp import web

from salon import errors
from salon.errors import Problem, Refusal
from salon.hall.hall import Hall
from salon.hall.shelving import Shelving

HALL = web.AppKey("hall", Hall)
SHELVING = web.AppKey("shelving", Shelving)

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
    errors.TOO_MANY_UPLOADS: 429,
    errors.INTERNAL: 500,
    errors.STORAGE_FAILED: 503,
    errors.UPLOADS_FULL: 503,
    errors.CLOSING: 503,
    errors.DISK_FULL: 507,
    errors.NO_ROOM: 507,
}


def refusal_response(
    refusal: Refusal, status: int | None = None, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A refusal as JSON: `code`, `message`, `retry`."""
    body = {"code": refusal.code, "message": refusal.message, "retry": refusal.problem.retry}
    return web.json_response(body, status=status or _STATUS.get(refusal.problem, 400), headers=headers)

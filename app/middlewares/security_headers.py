"""Headers that every answer carries: the application's, its errors, Socket.IO's and the relay's."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from config.security import wanted_headers

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse

# Named here because annotations are evaluated with each definition, and one below is made for each request.
_Headers = list[tuple[str, str]]
_Write = Callable[[bytes], object]


def adding_headers(start_response: "StartResponse", *, is_plain: bool) -> "StartResponse":
    """Adds what is missing; what the answer has set itself stays.

    `is_plain`: a trusted proxy says that the client came by http, where HSTS must not be sent (RFC 6797 §7.2).
    """
    wanted = wanted_headers(is_plain=is_plain)

    def start(status: str, headers: _Headers, exc_info: "OptExcInfo | None" = None, /) -> _Write:
        present = {name.lower() for name, _value in headers}
        headers.extend(pair for pair in wanted if pair[0].lower() not in present)
        return start_response(status, headers, exc_info)

    return start

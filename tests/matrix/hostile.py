"""A corpus of what no well-behaved client sends: bodies, values, queries and headers."""

import gzip
from dataclasses import dataclass, field
from typing import Final

_JSON: Final = "application/json"
_MULTIPART: Final = "multipart/form-data; boundary=edge"


@dataclass(frozen=True)
class Body:
    """A request body that no endpoint takes, and the statuses that say so."""

    name: str
    content: bytes
    statuses: frozenset[int]
    content_type: str | None = _JSON
    headers: dict[str, str] = field(default_factory=dict)


def _body(name: str, content: bytes, *statuses: int, content_type: str | None = _JSON, **headers: str) -> Body:
    return Body(name, content, frozenset(statuses), content_type, headers)


_OBJECT: Final = b'{"a": "b"}'
JSON_BODIES: Final = (
    _body("nothing at all", b"", 400),
    _body("spaces", b" " * 1000, 400),
    _body("10 MB of spaces", b" " * 10_000_000, 413),
    _body("just within 1 MB", b" " * 999_990 + _OBJECT, 422),
    _body("just past 1 MB", b" " * 999_991 + _OBJECT, 413),
    _body("null", b"null", 422),
    _body("a list", b"[]", 422),
    _body("a list of objects", b"[{}]", 422),
    _body("a string", b'"text"', 422),
    _body("a number", b"1", 422),
    _body("true", b"true", 422),
    _body("half an object", b'{"a": ', 400),
    _body("two documents", b"{}{}", 400),
    _body("a trailing comma", b'{"a": "b",}', 400),
    _body("a comment", b'{"a": "b"} // c', 400),
    _body("single quotes", b"{'a': 'b'}", 400),
    _body("Python", b"{'a': None}", 400),
    _body("XML", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", 400),
    _body("lists 65 deep", b'{"a": ' + b"[" * 65 + b"]" * 65 + b"}", 400),
    _body("lists 100,000 deep", b"[" * 100_000 + b"]" * 100_000, 400),
    _body("objects 50,000 deep", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400),
    _body("unclosed lists", b"[" * 400_000, 400),
    _body("NaN", b'{"a": NaN}', 400),
    _body("Infinity", b'{"a": Infinity}', 400),
    _body("minus Infinity", b'{"a": -Infinity}', 400),
    _body("an overflowing number", b'{"a": 1e999}', 400, 422),
    _body("a number of 100,000 digits", b'{"a": ' + b"9" * 100_000 + b"}", 400, 422),
    _body("duplicate keys", b'{"a": 1, "a": 2}', 400),
    _body("duplicate keys in disguise", b'{"a": 1, "\\u0061": 2}', 400),
    _body("deep duplicate keys", b'{"x": [{"a": 1, "a": 2}]}', 400),
    _body("an escaped NUL", b'{"a": "\\u0000"}', 400),
    _body("a NUL byte", b'{"a": "\x00"}', 400),
    _body("a NUL in a key", b'{"\\u0000": 1}', 400),
    _body("a lone high surrogate", b'{"a": "\\ud800"}', 400),
    _body("a lone low surrogate", b'{"a": "\\udc00"}', 400),
    _body("a surrogate in UTF-8", b'{"a": "\xed\xa0\x80"}', 400),
    _body("bytes that are no UTF-8", b'{"a": "\xff\xfe"}', 400),
    _body("overlong UTF-8", b'{"a": "\xc0\xaf"}', 400),
    _body("a byte order mark", b"\xef\xbb\xbf{}", 400),
    _body("UTF-16", _OBJECT.decode().encode("utf-16"), 400, content_type="application/json; charset=utf-16"),
    _body("Latin-1", '{"a": "é"}'.encode("latin-1"), 400, content_type="application/json; charset=iso-8859-1"),
    _body("a control character", b'{"a": "\x01"}', 400),
    _body("100,000 unknown keys", b"{" + b",".join(b'"k%d":1' % n for n in range(60_000)) + b"}", 422),
    _body("an unknown key", b'{"is_admin": true, "organization_id": 1, "__proto__": {}}', 422),
    _body("a pointer as key", b'{"a/b~c": 1, "": 2}', 422),
    _body("gzip said", gzip.compress(_OBJECT), 400, 415, **{"Content-Encoding": "gzip"}),
    _body("gzip unsaid", gzip.compress(_OBJECT), 400),
    _body("no content type", _OBJECT, 415, content_type=None),
    _body("text", _OBJECT, 415, content_type="text/plain"),
    _body("a form", b"a=b", 415, content_type="application/x-www-form-urlencoded"),
    _body("almost JSON", _OBJECT, 415, content_type="application/jsonp"),
    _body("multipart", b"--edge--\r\n", 415, content_type=_MULTIPART),
    _body("a hostile content type", _OBJECT, 415, content_type='application/"json; charset=\\'),
)

_HEAD: Final = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
_CONTENT: Final = b"\x00\x00\x00\x20ftypisom" + bytes(500)
_FIELD: Final = b'--edge\r\nContent-Disposition: form-data; name="title"\r\n\r\n'


def _part(name: str, content: bytes, *statuses: int) -> Body:
    return Body(name, content, frozenset(statuses), _MULTIPART)


MULTIPART_BODIES: Final = (
    _part("nothing at all", b"", 400),
    _part("only the end", b"--edge--\r\n", 400),
    _part("another boundary", b"--other\r\n\r\n--other--\r\n", 400),
    _part("cut off before the file", _HEAD[:40], 400),
    _part("cut off in the file", _HEAD + _CONTENT, 400),
    _part("cut off in the last boundary", _HEAD + _CONTENT + b"\r\n--edg", 400),
    _part("cut off after one dash", _HEAD + _CONTENT + b"\r\n--edge-", 400),
    _part("headers without end", b"--edge\r\n" + b"X: y\r\n" * 50_000, 400, 413),
    _part("one header without end", b"--edge\r\nContent-Disposition: " + b"x" * 2_000_000, 400, 413),
    _part("a part without a name", b"--edge\r\n\r\nabc\r\n--edge--\r\n", 400, 422),
    _part("an unknown part", _FIELD.replace(b"title", b"organization_id") + b"1\r\n--edge--\r\n", 400, 422),
    _part("two files", _HEAD + _CONTENT + b"\r\n" + _HEAD + _CONTENT + b"\r\n--edge--\r\n", 400, 422),
    _part("1,000 parts", (_FIELD + b"x\r\n") * 1000 + b"--edge--\r\n", 400, 413),
    _part("a title of 1 MB", _FIELD + b"x" * 1_000_000 + b"\r\n--edge--\r\n", 400, 413, 422),
    _part("a title and no file", _FIELD + b"x\r\n--edge--\r\n", 400, 422),
    _part("an empty file", _HEAD + b"\r\n--edge--\r\n", 422),
    _part("text as a film", _HEAD + b"hello\r\n--edge--\r\n", 422),
    Body("no boundary", _HEAD + _CONTENT, frozenset({400, 415}), "multipart/form-data"),
    Body("an odd boundary", _HEAD, frozenset({400, 415}), 'multipart/form-data; boundary="\u00e9\x01"'),
    Body("an endless boundary", _HEAD, frozenset({400, 415}), "multipart/form-data; boundary=" + "x" * 5000),
    Body("JSON", b"{}", frozenset({415}), _JSON),
    Body("nothing said", b"", frozenset({415}), None),
)

VALUES: Final[tuple[object, ...]] = (
    *(None, True, -1, 1.5, 2**63, 10**30, "", "\t\n", "x" * 100_000, "\u202egnp.exe", "\uffff", "😀" * 300, "%00"),
    *("../../etc/passwd", "<script>alert(1)</script>", "9999-12-31T23:59:60Z", "2026-02-30T00:00:00Z", "http://[::1"),
    *("0001-01-01T00:00:00+14:00", "0.5"),
    *("javascript:alert(1)", [], [None], ["x"] * 2000, {}, {"$ne": None}),
)
"""Put in the place of each property; JSON can say all of them."""

QUERY_VALUES: Final = (
    *(
        "",
        "%20",
        "%00",
        "%ff",
        "%ed%a0%80",
        "%c0%af",
        "-1",
        "0",
        "101",
        "1.5",
        "1e3",
        "99999999999999999999",
        "٣",
        "NaN",
    ),
    *("null", "true", "[]", "{}", "%27%22%3B--", "..%2F..", "x" * 3000, "2026-02-30", "0000-00-00T00:00:00Z"),
    *(
        "9999-12-31T23:59:60Z",
        "0001-01-01T00:00:00%2B14:00",
        "2026-01-01T00:00:00%2B99:99",
        "," * 500,
        "%F0%9F%98%80",
        "a%0D%0AX-Evil:%201",
    ),
    *("eyJhIjoxfQ.x.y", "019a8f6e-7c3b-7d10-8f3e-2b1c9d4e5f60," * 101),
)
"""As they stand in an address."""

PATH_VALUES: Final = (
    *("x", "0", "-1", "%00", "%ff", "%ed%a0%80", "..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%F0%9F%98%80", "x" * 5000),
    *("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{019a8f6e}", "%27%22%3B--"),
    *("019A8F6E7C3B7D108F3E2B1C9D4E5F60", "urn:uuid:019a8f6e-7c3b-7d10-8f3e-2b1c9d4e5f60", "٠١٩", "%0d%0aX-Evil:1"),
)
"""In the place of an id, a slug or a name."""

HEADERS: Final[tuple[dict[str, str], ...]] = (
    {"If-Match": "x"},
    {"If-Match": '"1", "2"'},
    {"If-Match": 'W/"1"'},
    {"If-Match": '"99999999999999999999999.x"'},
    {"If-Match": '"²"'},
    {"If-None-Match": '"' * 999},
    {"If-Modified-Since": "Sun, 99 Foo 99999 99:99:99 GMT"},
    {"If-Range": "\x7f"},
    {"Range": "bytes=99999999999999999999999-"},
    {"Range": "bytes=" + "0-0," * 1000},
    {"Range": "lines=-5-"},
    {"Idempotency-Key": ""},
    {"Idempotency-Key": "ключ"},
    {"Idempotency-Key": "k" * 256},
    {"Marquee-Organization": ""},
    {"Marquee-Organization": "é" * 5000},
    {"Marquee-Organization": "%00"},
    {"Marquee-Organization": "' OR 1=1 --"},
    {"X-Request-Id": "x" * 5000},
    {"X-Request-Id": "<script>"},
    {"Accept": "image/png;q=x, */*;q=-1"},
    {"Accept-Encoding": "gzip;q=NaN, br;q=99999999999"},
    {"Accept-Language": "-" * 5000},
    {"Last-Event-ID": "9" * 5000},
    {"Last-Event-ID": "٣"},
    {"Origin": "null"},
    {"Origin": "http://[::1"},
    {"Cookie": "=;=;a=\xff;" * 200},
    {"X-Forwarded-For": "1.2.3.4, %00, ::1%eth0"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Http-Method-Override": "DELETE"},
    {"Tus-Resumable": "9.9.9"},
    {"Upload-Length": "-1"},
    {"Upload-Length": "9" * 400},
    {"Upload-Length": "٣"},
    {"Upload-Offset": "-1"},
    {"Upload-Offset": "1e3"},
    {"Upload-Metadata": "filename =,,, %%%"},
    {"Upload-Metadata": "filename " + "A" * 20_000},
    {"Upload-Checksum": "sha1 %%%"},
    {"Upload-Checksum": "rot13 AAAA"},
    {"Marquee-Token-Delivery": "x" * 5000},
)
"""Each beside what a right request has. A header that means nothing to a route may be overlooked."""

_CONDITIONS: Final = tuple(headers for headers in HEADERS if {"If-Match", "If-None-Match", "Range"} & set(headers))
_KEYS: Final = tuple(headers for headers in HEADERS if "Idempotency-Key" in headers)
_SLUGS: Final = tuple(headers for headers in HEADERS if "Marquee-Organization" in headers)
READ_HEADERS: Final = {
    "GET": (*_CONDITIONS[4:], *_SLUGS),
    "OPTIONS": _SLUGS,
    "POST": (*_CONDITIONS[:4], *_KEYS, *_SLUGS),
    "PATCH": (*_CONDITIONS[:4], *_SLUGS),
    "PUT": (*_CONDITIONS[:4], *_SLUGS),
    "DELETE": (*_CONDITIONS[:4], *_SLUGS),
}
"""Those that most endpoints of a method read."""

CREDENTIALS: Final = (
    *("", "Bearer", "Bearer ", "Bearer  x y", "bearer\tx", "Basic Og==", "Bearer ..", "Bearer a.b.c", "Bearer é", "x"),
    *(
        "Bearer " + "a" * 7000,
        "Bearer mq_",
        "Bearer mq_" + "x" * 500,
        "Digest username=x",
        "Bearer null",
        "Bearer \\u0000",
    ),
)
"""In the Authorization header; 401 everywhere, since what is sent must be right."""

"""Resumable uploads (tus 1.0.0), and one's unfinished ones as JSON."""

from app.controllers import upload_controller
from app.http import limits
from app.http.routing import Access, BodyKind, Route
from app.schemas.upload_schemas import UploadList, UploadListQuery, UploadOut

SIGNED_IN = Access.SIGNED_IN
CREATION = ("Tus-Resumable", "Upload-Length", "Upload-Defer-Length", "Upload-Metadata", "Upload-Checksum")
PIECE = ("Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Checksum")

ROUTES = [
    Route("OPTIONS", "/uploads", Access.ANYONE, upload_controller.options, "Ask what the server offers", answers={204: None}, name="getUploadOptions"),
    Route("GET", "/uploads", SIGNED_IN, upload_controller.list_uploads, "List your unfinished uploads", query=UploadListQuery, answers={200: UploadList, 304: None}),
    Route("POST", "/uploads", SIGNED_IN, upload_controller.begin, "Begin an upload, with its first bytes if you like", answers={201: None}, body_kind=BodyKind.PIECE, headers=CREATION, problems=(412, 413, 460), limit=limits.UPLOAD),
    Route("GET", "/uploads/{upload_id}", SIGNED_IN, upload_controller.get, "Read an upload; HEAD says where to go on", answers={200: UploadOut, 304: None}, problems=(410, 412, 423)),
    Route("PATCH", "/uploads/{upload_id}", SIGNED_IN, upload_controller.receive, "Send the next bytes", answers={204: None}, body_kind=BodyKind.PIECE, headers=PIECE, problems=(410, 412, 413, 415, 423, 460), limit=limits.UPLOAD_PIECE, name="sendUploadBytes"),
    Route("DELETE", "/uploads/{upload_id}", SIGNED_IN, upload_controller.cancel, "Give an upload up", answers={204: None}, headers=("Tus-Resumable",), problems=(410, 412, 423)),
]  # fmt: skip

"""Resumable uploads, by tus 1.0.0."""

from uuid import UUID

from flask import request

from app.http import tus
from app.http.answers import Answer
from app.http.pages import page_answer, position_of
from app.http.routing import API_PREFIX
from app.permissions import Actor
from app.schemas.listing_schemas import place_of
from app.schemas.upload_schemas import UploadListQuery, render
from app.services import upload_service
from app.services.upload_service import Delivery


def options() -> Answer:
    return tus.options()


def begin(actor: Actor) -> Answer:
    tus.assert_version()
    view = upload_service.begin(actor, tus.announcement())
    location = f"{API_PREFIX}/uploads/{view.upload.id}"
    if tus.has_piece():
        view = upload_service.receive(actor, view.upload.id, Delivery(0, tus.receive_piece, tus.interrupter()))
    return tus.answer(view, status=201, location=location)


def receive(actor: Actor, upload_id: UUID) -> Answer:
    tus.assert_version()
    tus.assert_piece()
    delivery = Delivery(tus.offset(), tus.receive_piece, tus.interrupter(), tus.number("Upload-Length"))
    return tus.answer(upload_service.receive(actor, upload_id, delivery))


def list_uploads(actor: Actor, query: UploadListQuery) -> Answer:
    page = upload_service.list_(actor, position_of(query))
    return page_answer(page, query, lambda row: render(upload_service.view_of(row)), place_of)


def get(actor: Actor, upload_id: UUID) -> Answer:
    if request.method == "HEAD":
        tus.assert_version()
        return tus.answer(upload_service.resume(actor, upload_id), status=200)
    return Answer(render(upload_service.get(actor, upload_id)))


def cancel(actor: Actor, upload_id: UUID) -> Answer:
    tus.assert_version()
    upload_service.cancel(actor, upload_id)
    return tus.terminated()

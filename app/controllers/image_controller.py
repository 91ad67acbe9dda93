"""Images."""

from functools import partial
from uuid import UUID

from flask import request

from app.http.answers import NO_CONTENT, Answer, created
from app.http.links import absolute
from app.http.multipart import Form, receive_file
from app.http.pages import page_answer, position_of
from app.http.routing import API_PREFIX
from app.permissions import Actor
from app.schemas.image_schemas import ImageChange, ImageListQuery, render
from app.schemas.listing_schemas import place_of
from app.services import image_service
from config import settings


def list_images(actor: Actor, query: ImageListQuery) -> Answer:
    page = image_service.list_(actor, query.q, position_of(query))
    return page_answer(page, query, lambda row: render(row, absolute), place_of)


def upload(actor: Actor) -> Answer:
    form = Form("alt", settings.max_image_bytes)
    row = image_service.upload(actor, partial(receive_file, form), announced_bytes=request.content_length)
    return created(render(row, absolute), location=f"{API_PREFIX}/images/{row.id}")


def get(actor: Actor, image_id: UUID) -> Answer:
    return Answer(render(image_service.get(actor, image_id), absolute))


def change(actor: Actor, image_id: UUID, body: ImageChange) -> Answer:
    return Answer(render(image_service.change(actor, image_id, body.model_dump(exclude_unset=True)), absolute))


def delete(actor: Actor, image_id: UUID) -> Answer:
    image_service.delete(actor, image_id)
    return NO_CONTENT

"""Tags."""

from app.controllers import tag_controller
from app.http.routing import Access, Route
from app.schemas.tag_schemas import TagChange, TagList, TagListQuery, TagMerge, TagOut

SIGNED_IN = Access.SIGNED_IN

ROUTES = [
    Route("GET", "/tags", Access.ANYONE, tag_controller.list_tags, "List an organization's tags", query=TagListQuery, answers={200: TagList, 304: None}, problems=(404,)),
    Route("PATCH", "/tags/{tag_id}", SIGNED_IN, tag_controller.change, "Rename or describe a tag", TagChange, answers={200: TagOut}, problems=(409,)),
    Route("DELETE", "/tags/{tag_id}", SIGNED_IN, tag_controller.remove, "Take a tag from all posts", answers={204: None}),
    Route("POST", "/tags/{tag_id}/merge", SIGNED_IN, tag_controller.merge, "Give a tag's posts to another tag", TagMerge, answers={200: TagOut}),
]  # fmt: skip

"""Posts."""

from app.controllers import post_controller
from app.http.routing import Access, Route
from app.schemas.post_schemas import PostChange, PostCreate, PostList, PostListQuery, PostOut

ANYONE, SIGNED_IN = Access.ANYONE, Access.SIGNED_IN

ROUTES = [
    Route("GET", "/posts", ANYONE, post_controller.list_posts, "List posts", query=PostListQuery, answers={200: PostList, 304: None}, problems=(404,)),
    Route("POST", "/posts", SIGNED_IN, post_controller.create, "Write a draft", PostCreate, answers={201: PostOut}),
    Route("GET", "/posts/{post_id}", ANYONE, post_controller.get, "Read a post", answers={200: PostOut, 304: None}),
    Route("PATCH", "/posts/{post_id}", SIGNED_IN, post_controller.change, "Save a post", PostChange, answers={200: PostOut}, problems=(412,)),
    Route("DELETE", "/posts/{post_id}", SIGNED_IN, post_controller.delete, "Delete a post", answers={204: None}, problems=(412,)),
    Route("POST", "/posts/{post_id}/publish", SIGNED_IN, post_controller.publish, "Publish a post", answers={200: PostOut}, problems=(412,)),
    Route("POST", "/posts/{post_id}/unpublish", SIGNED_IN, post_controller.unpublish, "Take a post back to draft", answers={200: PostOut}, problems=(412,)),
    Route("POST", "/posts/{post_id}/archive", SIGNED_IN, post_controller.archive, "Archive a post", answers={200: PostOut}, problems=(412,)),
]  # fmt: skip

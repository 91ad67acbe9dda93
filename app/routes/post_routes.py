"""Posts."""

from app.controllers import address_controller, post_controller, preview_controller, revision_controller
from app.http.routing import Access, Route
from app.schemas.post_schemas import PostChange, PostCreate, PostList, PostListQuery, PostOut, PreviewOut
from app.schemas.publishing_schemas import Schedule
from app.schemas.revision_schemas import RevisionList, RevisionListQuery, RevisionOut, RevisionQuery

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
    Route("POST", "/posts/{post_id}/schedule", SIGNED_IN, post_controller.schedule, "Publish a post later", Schedule, answers={200: PostOut}, problems=(409, 412)),
    Route("POST", "/posts/{post_id}/preview", SIGNED_IN, post_controller.preview, "Make a link to a post that nobody else finds", answers={200: PreviewOut}),
    Route("GET", "/previews/{token}", ANYONE, preview_controller.read, "Read a post by a preview link", answers={200: PostOut, 304: None}, problems=(403, 404)),
    Route("GET", "/organizations/{slug}/posts/{post_slug}", ANYONE, address_controller.get_post, "Read a post by its address", answers={200: PostOut, 304: None, 308: None}, problems=(404,), name="getPostByAddress"),
    Route("GET", "/posts/{post_id}/revisions", SIGNED_IN, revision_controller.list_revisions, "List the revisions of a post", query=RevisionListQuery, answers={200: RevisionList, 304: None}),
    Route("GET", "/posts/{post_id}/revisions/{number}", SIGNED_IN, revision_controller.get, "Read and compare a revision", query=RevisionQuery, answers={200: RevisionOut, 304: None}),
    Route("POST", "/posts/{post_id}/revisions/{number}/restore", SIGNED_IN, revision_controller.restore, "Make a revision the newest again", answers={200: PostOut}, problems=(412,)),
]  # fmt: skip

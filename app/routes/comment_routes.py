"""Comments and likes, of posts and videos alike."""

from app.controllers import comment_controller, like_controller, moderation_controller
from app.http import limits
from app.http.routing import Access, Route
from app.schemas.comment_schemas import (
    CommentChange,
    CommentCreate,
    CommentList,
    CommentListQuery,
    CommentOut,
    LikeOut,
    ModerationList,
    ModerationQuery,
)

ANYONE, SIGNED_IN, IN_PERSON = Access.ANYONE, Access.SIGNED_IN, Access.IN_PERSON

ROUTES = [
    Route("GET", "/posts/{post_id}/comments", ANYONE, comment_controller.list_of_post, "List the comments on a post", query=CommentListQuery, answers={200: CommentList, 304: None}, name="listPostComments"),
    Route("POST", "/posts/{post_id}/comments", IN_PERSON, comment_controller.create_on_post, "Comment on a post", CommentCreate, answers={201: CommentOut}, limit=limits.COMMENT, name="commentOnPost"),
    Route("GET", "/videos/{video_id}/comments", ANYONE, comment_controller.list_of_video, "List the comments on a video", query=CommentListQuery, answers={200: CommentList, 304: None}, name="listVideoComments"),
    Route("POST", "/videos/{video_id}/comments", IN_PERSON, comment_controller.create_on_video, "Comment on a video", CommentCreate, answers={201: CommentOut}, limit=limits.COMMENT, name="commentOnVideo"),
    Route("GET", "/comments", SIGNED_IN, moderation_controller.list_comments, "List the comments that wait for a moderator", query=ModerationQuery, answers={200: ModerationList, 304: None}, name="listCommentsToModerate"),
    Route("PATCH", "/comments/{comment_id}", IN_PERSON, comment_controller.change, "Change your comment", CommentChange, answers={200: CommentOut}, problems=(409,)),
    Route("DELETE", "/comments/{comment_id}", SIGNED_IN, comment_controller.delete, "Delete a comment", answers={204: None}),
    Route("POST", "/comments/{comment_id}/hide", SIGNED_IN, comment_controller.hide, "Hide a comment from readers", answers={200: CommentOut}, problems=(409,)),
    Route("POST", "/comments/{comment_id}/approve", SIGNED_IN, comment_controller.approve, "Show a comment to readers", answers={200: CommentOut}, problems=(409,)),
    Route("PUT", "/posts/{post_id}/like", IN_PERSON, like_controller.like_post, "Like a post", answers={200: LikeOut}),
    Route("DELETE", "/posts/{post_id}/like", IN_PERSON, like_controller.unlike_post, "Take back a like of a post", answers={200: LikeOut}),
    Route("PUT", "/videos/{video_id}/like", IN_PERSON, like_controller.like_video, "Like a video", answers={200: LikeOut}),
    Route("DELETE", "/videos/{video_id}/like", IN_PERSON, like_controller.unlike_video, "Take back a like of a video", answers={200: LikeOut}),
]  # fmt: skip

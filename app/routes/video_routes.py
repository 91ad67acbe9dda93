"""Videos and their media."""

from app.controllers import caption_controller, media_controller, poster_controller, video_controller, view_controller
from app.http import limits
from app.http.routing import Access, BodyKind, Route
from app.schemas.publishing_schemas import Schedule
from app.schemas.video_schemas import (
    CaptionOut,
    CaptionQuery,
    PlaybackOut,
    PosterUpload,
    VideoChange,
    VideoList,
    VideoListQuery,
    VideoOut,
    VideoRetry,
    VideoUpload,
)

ANYONE, SIGNED_IN = Access.ANYONE, Access.SIGNED_IN

ROUTES = [
    Route("GET", "/videos", ANYONE, video_controller.list_videos, "List videos", query=VideoListQuery, answers={200: VideoList, 304: None}, problems=(404,)),
    Route("POST", "/videos", SIGNED_IN, video_controller.upload, "Upload a video in one request", VideoUpload, answers={201: VideoOut}, body_kind=BodyKind.MULTIPART, limit=limits.UPLOAD),
    Route("GET", "/videos/{video_id}", ANYONE, video_controller.get, "Read a video", answers={200: VideoOut, 304: None}),
    Route("PATCH", "/videos/{video_id}", SIGNED_IN, video_controller.change, "Save a video", VideoChange, answers={200: VideoOut}, problems=(412,)),
    Route("DELETE", "/videos/{video_id}", SIGNED_IN, video_controller.delete, "Delete a video and its files", answers={204: None}, problems=(412,)),
    Route("POST", "/videos/{video_id}/publish", SIGNED_IN, video_controller.publish, "Publish a video", answers={200: VideoOut}, problems=(412,)),
    Route("POST", "/videos/{video_id}/unpublish", SIGNED_IN, video_controller.unpublish, "Take a video back to draft", answers={200: VideoOut}, problems=(412,)),
    Route("POST", "/videos/{video_id}/schedule", SIGNED_IN, video_controller.schedule, "Publish a video later", Schedule, answers={200: VideoOut}, problems=(409, 412)),
    Route("POST", "/videos/{video_id}/archive", SIGNED_IN, video_controller.archive, "Archive a video", answers={200: VideoOut}, problems=(412,)),
    Route("POST", "/videos/{video_id}/cancel", SIGNED_IN, video_controller.cancel, "Stop the processing of a video", answers={200: VideoOut}, problems=(409,)),
    Route("POST", "/videos/{video_id}/retry", SIGNED_IN, video_controller.retry, "Make what is missing of a failed or cancelled video", VideoRetry, answers={200: VideoOut}, problems=(409,), needs_body=False),
    Route("PUT", "/videos/{video_id}/captions/{lang}", SIGNED_IN, caption_controller.put, "Add or replace captions (WebVTT or SubRip)", query=CaptionQuery, answers={200: CaptionOut}, problems=(409, 412, 413, 415), body_kind=BodyKind.CAPTIONS),
    Route("DELETE", "/videos/{video_id}/captions/{lang}", SIGNED_IN, caption_controller.delete, "Remove captions", answers={204: None}, problems=(412,)),
    Route("PUT", "/videos/{video_id}/poster", SIGNED_IN, poster_controller.put, "Replace the poster of a video", PosterUpload, answers={202: VideoOut}, problems=(412,), body_kind=BodyKind.MULTIPART, limit=limits.UPLOAD),
    Route("DELETE", "/videos/{video_id}/poster", SIGNED_IN, poster_controller.delete, "Go back to the automatic poster of a video", answers={204: None}, problems=(412,)),
    Route("POST", "/videos/{video_id}/views", ANYONE, view_controller.beat, "Say that the video plays, every ten seconds", answers={204: None}, limit=limits.VIEW, name="recordView"),
    Route("GET", "/videos/{video_id}/playback", ANYONE, video_controller.playback, "Get the addresses that a player needs", answers={200: PlaybackOut, 304: None}, problems=(409,), name="getPlayback"),
]  # fmt: skip

MEDIA_ROUTES = [
    Route("GET", "/media/{token}/{video_id}/{name_path}", ANYONE, media_controller.media, "A media file", problems=(503,), prefix="", limit=limits.MEDIA),
]  # fmt: skip

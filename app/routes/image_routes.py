"""Images."""

from app.controllers import image_controller, media_controller
from app.http import limits
from app.http.routing import Access, BodyKind, Route
from app.schemas.image_schemas import ImageChange, ImageList, ImageListQuery, ImageOut, ImageUpload

SIGNED_IN = Access.SIGNED_IN

ROUTES = [
    Route("GET", "/images", SIGNED_IN, image_controller.list_images, "List the organization's images", query=ImageListQuery, answers={200: ImageList, 304: None}),
    Route("POST", "/images", SIGNED_IN, image_controller.upload, "Upload an image", ImageUpload, answers={201: ImageOut}, body_kind=BodyKind.MULTIPART, limit=limits.UPLOAD),
    Route("GET", "/images/{image_id}", SIGNED_IN, image_controller.get, "Read an image", answers={200: ImageOut, 304: None}),
    Route("PATCH", "/images/{image_id}", SIGNED_IN, image_controller.change, "Describe an image", ImageChange, answers={200: ImageOut}),
    Route("DELETE", "/images/{image_id}", SIGNED_IN, image_controller.delete, "Delete an image and its files", answers={204: None}, problems=(409,)),
]  # fmt: skip

MEDIA_ROUTES = [
    Route("GET", "/media/images/{token}/{name}", Access.ANYONE, media_controller.image, "A file of an image", prefix="", limit=limits.MEDIA),
]  # fmt: skip

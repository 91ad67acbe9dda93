"""`python -m tests.support.write_openapi` writes docs/openapi.json from the route table."""

import json

from app.routes import openapi_document
from config.env import PROJECT_DIR

if __name__ == "__main__":
    text = json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"
    (PROJECT_DIR / "docs" / "openapi.json").write_text(text)

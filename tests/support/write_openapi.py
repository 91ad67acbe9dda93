"""`python -m tests.support.write_openapi` writes docs/openapi.json from the route table.

The TypeScript client follows where its tools are installed (`make client` installs them).
"""

import json

from app.routes import openapi_document
from tests.support import typescript_client

if __name__ == "__main__":
    text = json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"
    typescript_client.DOCUMENT.write_text(text)
    if typescript_client.IS_INSTALLED and not typescript_client.is_current():
        typescript_client.generate()

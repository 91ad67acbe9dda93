"""The kernel that routes and controllers stand on: route table, OpenAPI, strict JSON, problems, cursors."""

"""Requests a second beside Express, Prisma, Fastify, Hono and FastAPI: same rows, same JSON, one core each."""

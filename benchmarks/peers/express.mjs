// The same wait in Express: node express.mjs <port> <database url> <pool size>
import express from "express";
import pg from "pg";

const [port, connectionString, max] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString, max: Number(max) });
const app = express();

app.get("/healthz", (_request, response) => response.json({ status: "ok" }));

app.get("/benchmark/wait", async (_request, response) => {
  await pool.query("SELECT pg_sleep(0.1)");
  response.send("");
});

// As gunicorn's: kept connections for 30 s, and room for the whole crowd to knock.
const server = app.listen(Number(port), "127.0.0.1", 2048);
server.keepAliveTimeout = 30_000;

"use strict";
const api = "/api/v1";
const $ = (id) => document.getElementById(id);
let token = "";

$("signup").email.value = `ada+${Date.now().toString(36)}@example.org`;

function complain(error) {
  $("problem").textContent = error ? error.message : "";
  $("problem").hidden = !error;
}

async function call(method, path, body) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(api + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const document = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error([document.detail, ...(document.errors || []).map((e) => e.detail)].join(" "));
  return document;
}

$("signup").addEventListener("submit", async (event) => {
  event.preventDefault();
  complain(null);
  const form = event.target;
  try {
    const session = await call("POST", "/auth/signup", { name: form.name.value, email: form.email.value, password: form.password.value });
    token = session.access_token;
    $("who").textContent = `You are ${session.user.name}${session.organization ? ` of ${session.organization.slug}` : ""}.`;
    form.hidden = true;
    document.querySelectorAll(".later").forEach((section) => section.classList.remove("later"));
    follow();
  } catch (error) { complain(error); }
});

$("post").addEventListener("submit", async (event) => {
  event.preventDefault();
  complain(null);
  try {
    const draft = await call("POST", "/posts", { title: event.target.title.value, body_markdown: event.target.body.value });
    const post = await call("POST", `/posts/${draft.id}/publish`);
    const article = $("published");
    article.replaceChildren();
    const title = document.createElement("h3");
    title.textContent = post.title;
    const body = document.createElement("div");
    body.innerHTML = post.body_html; // sanitised by the server
    article.append(title, body);
    article.hidden = false;
  } catch (error) { complain(error); }
});

let video = null;
let isPlaying = false;

async function upload(file) {
  complain(null);
  isPlaying = false;
  $("bar").hidden = false;
  $("bar").value = 0;
  $("stage").textContent = `Uploading ${file.name}…`;
  const form = new FormData();
  form.append("file", file);
  try {
    const answer = await fetch(`${api}/videos`, { method: "POST", headers: { Authorization: `Bearer ${token}` }, body: form });
    const document = await answer.json();
    if (!answer.ok) throw new Error(document.detail);
    video = document;
    $("stage").textContent = "Uploaded. Waiting for a worker…";
    show(await call("GET", `/videos/${video.id}`));
  } catch (error) { $("stage").textContent = ""; $("bar").hidden = true; complain(error); }
}

function show(now) {
  const { state, percent } = now.processing;
  $("bar").value = Math.max($("bar").value, percent);
  const words = { playable: "It plays; better pictures are on their way.", ready: "Ready.", failed: "It failed.", cancelled: "Cancelled." };
  $("stage").textContent = `${words[state] || "Working…"} ${percent} %`;
  if (state === "failed") complain(new Error((now.errors[0] || {}).detail || "It failed."));
  if ((state === "playable" || state === "ready") && !isPlaying) play(state);
}

async function play(state) {
  const playback = await call("GET", `/videos/${video.id}/playback`);
  const player = $("player");
  const hls = player.canPlayType("application/vnd.apple.mpegurl");
  // A browser without HLS waits for the progressive file, which is there when the video is ready.
  const address = hls && state !== "ready" ? playback.hls_url : playback.mp4_url || (hls ? playback.hls_url : null);
  if (!address) return;
  isPlaying = true;
  if (playback.poster_url) player.poster = playback.poster_url;
  player.hidden = false;
  player.muted = true;
  player.src = address;
  player.play().catch(() => {});
}

async function follow() {
  for (;;) {
    try {
      const answer = await fetch(`${api}/events`, { headers: { Authorization: `Bearer ${token}` } });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
        const frames = text.split("\n\n");
        text = frames.pop();
        for (const frame of frames) {
          const line = frame.split("\n").find((part) => part.startsWith("data: "));
          if (line) heard(JSON.parse(line.slice(6)));
        }
      }
    } catch { /* the connection ended: begin again */ }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function heard(event) {
  if (!video || event.subject !== `video:${video.id}`) return;
  if (event.type === "video.progress") { $("bar").value = Math.max($("bar").value, event.data.percent); return; }
  show(await call("GET", `/videos/${video.id}`));
}

$("file").addEventListener("change", (event) => event.target.files[0] && upload(event.target.files[0]));
const drop = $("drop");
drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  if (event.dataTransfer.files[0]) upload(event.dataTransfer.files[0]);
});

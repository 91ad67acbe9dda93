// The pages that links in mails lead to while no front end is set (FRONT_END_URL).
// The token stands behind # in the address: no server and no log sees it, and it goes out with a click only.

const form = document.getElementById(location.pathname.slice(1));
const said = document.getElementById("said");
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";

async function send(path, body, accessToken) {
  const headers = { "Content-Type": "application/json" };
  if (accessToken) headers.Authorization = `Bearer ${accessToken}`;
  const answer = await fetch(`/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  const content = text ? JSON.parse(text) : {};
  if (!answer.ok) throw new Error(content.errors?.[0]?.detail ?? content.detail);
  return content;
}

const work = {
  "verify-email": async () => {
    await send("auth/email/verify", { token });
    return "Thank you, the address is confirmed.";
  },
  "forgot-password": async ({ email }) => {
    await send("auth/password/forgot", { email });
    return "If there is an account with this address, a link is on its way.";
  },
  "reset-password": async ({ password }) => {
    await send("auth/password/reset", { token, password });
    return "The password is set. Every session was signed out; sign in with the new one.";
  },
  "accept-invitation": async ({ email, password, name, is_new }) => {
    if (is_new) {
      await send("auth/signup", { email, password, name, invitation_token: token });
    } else {
      const session = await send("auth/signin", { email, password });
      await send("invitations/accept", { token }, session.access_token);
    }
    return "Welcome to the team.";
  },
};

form.hidden = false;
form.elements.is_new?.addEventListener("change", ({ target }) => {
  document.getElementById("name").hidden = !target.checked;
  form.elements.name.required = target.checked;
  form.elements.password.autocomplete = target.checked ? "new-password" : "current-password";
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  said.textContent = "";
  try {
    said.textContent = await work[form.id](Object.fromEntries(new FormData(form)));
    form.hidden = true;
  } catch (error) {
    said.textContent = error.message;
    button.disabled = false;
  }
});

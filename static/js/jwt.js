// Signs in with JSON, keeps the token where the page says, and asks the API with it.
(() => {
  const form = document.getElementById("sign-in");
  const status = document.getElementById("status");
  const shown = document.getElementById("token");
  const address = document.getElementById("address");
  const buttons = document.querySelectorAll("button[data-do]");
  const { api, storage, item } = form.dataset;

  // In memory nothing outlives the page, and no other script finds it by a name.
  let held = null;
  const kept = storage === "localStorage";
  const read = () => (kept ? JSON.parse(localStorage.getItem(item) ?? "null") : held);
  const keep = (tokens) => {
    held = tokens;
    if (kept && tokens) localStorage.setItem(item, JSON.stringify(tokens));
    if (kept && !tokens) localStorage.removeItem(item);
    show(tokens);
  };

  const decode = (part) => {
    const bytes = Uint8Array.from(atob(part.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    return JSON.stringify(JSON.parse(new TextDecoder().decode(bytes)), null, 2);
  };
  const show = (tokens) => {
    const parts = tokens ? tokens.access_token.split(".") : [];
    shown.textContent = tokens ? `${decode(parts[0])}\n.\n${decode(parts[1])}\n.\n${parts[2]}` : "";
    for (const button of buttons) button.disabled = !tokens && button.dataset.do !== "refresh";
    if (!address) return;
    address.hidden = !tokens;
    const link = address.querySelector("a");
    link.href = tokens ? `${api}/?access_token=${tokens.access_token}` : "";
    link.textContent = "this page, opened by a token";
  };

  const call = async (method, path, body) => {
    const headers = {};
    const tokens = read();
    if (tokens) headers.Authorization = `Bearer ${tokens.access_token}`;
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(`${api}/${path}`, { method, headers, body: body && JSON.stringify(body) });
    return { ok: answer.ok, code: answer.status, json: await answer.json() };
  };
  const says = ({ code, json }) => `${code}: ${json.msg ?? json.detail ?? JSON.stringify(json)}`;

  const refresh = async () => {
    const answer = await call("POST", "refresh", kept ? { refresh_token: read()?.refresh_token } : {});
    if (answer.ok) keep({ refresh_token: read()?.refresh_token, ...answer.json });
    return answer;
  };
  const actions = {
    profile: async () => says(await call("GET", "profile")),
    refresh: async () => {
      const answer = await refresh();
      if (!answer.ok) keep(null);
      return answer.ok ? "A new access token." : says(answer);
    },
    logout: async () => {
      let answer = await call("POST", "logout");
      // An expired token cannot be signed out, and the family behind it should end all the same.
      if (answer.code === 401 && (await refresh()).ok) answer = await call("POST", "logout");
      keep(null);
      return says(answer);
    },
  };
  const run = async (action) => {
    try {
      status.textContent = await action();
    } catch {
      status.textContent = "The portal did not answer.";
    }
  };

  for (const button of buttons) button.addEventListener("click", () => run(actions[button.dataset.do]));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(async () => {
      const answer = await call("POST", "login", Object.fromEntries(new FormData(form)));
      if (!answer.ok) return says(answer);
      keep(answer.json);
      return `A token for ${answer.json.expires_in / 60} minutes.`;
    });
  });
  show(read());
  if (read()) status.textContent = "This browser still holds a token.";
})();

// The server renders everything. This puts fragments into their places as they come, and sends what
// people do. Who looks, and at what, stands in the page's address.
"use strict";

const token = document.querySelector("meta[name=token]").content;
const byId = (id) => document.getElementById(id);

// ---- what comes in

// patch makes the children of old those of fresh. What is the same stays as it is, with its focus, its
// place and what was typed into it: elements with an id are known by it, others by being equal.
function patch(old, fresh) {
  const known = new Map([...old.children].filter((c) => c.id).map((c) => [c.id, c]));
  let at = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    const same = node.id && known.get(node.id);
    if (same) {
      if (same === at) at = at.nextSibling;
      else old.insertBefore(same, at);
      renew(same, node);
    } else if (at && !at.id && at.isEqualNode(node)) {
      at = at.nextSibling;
    } else if (at && !at.id && !node.id) {
      const next = at.nextSibling;
      at.replaceWith(node);
      at = next;
    } else {
      old.insertBefore(node, at);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

// renew makes old what fresh is. With data-keep, that is settled among its children.
function renew(old, fresh) {
  if (!("keep" in fresh.dataset)) {
    if (!old.isEqualNode(fresh)) old.replaceWith(fresh);
    return;
  }
  if (old.className !== fresh.className) old.className = fresh.className;
  patch(old, fresh);
}

function place(id, html) {
  const old = byId(id);
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const atEnd = new Map([...old.querySelectorAll("[data-tail]")].map((l) => [l.id, l.scrollHeight - l.scrollTop - l.clientHeight < 60]));
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  patch(old, fresh.content);
  for (const list of old.querySelectorAll("[data-tail]")) {
    if (atEnd.get(list.id) !== false) list.scrollTop = list.scrollHeight;
  }
  if (focused && document.activeElement.id !== focused) byId(focused)?.focus({ preventScroll: true });
  if (id === "modal") showModal();
  seek(id);
}

function showModal() {
  for (const dialog of document.querySelectorAll("#modal dialog:not([open])")) {
    dialog.showModal();
    dialog.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    if (byId("toast").matches(":popover-open")) raise(byId("toast"));
  }
}

let live;
function connect() {
  live?.close();
  live = new EventSource("/live" + location.search);
  live.onmessage = (e) => {
    document.body.classList.remove("gone");
    for (const [id, html] of Object.entries(JSON.parse(e.data))) place(id, html);
  };
  live.onerror = () => document.body.classList.add("gone");
}

// ---- where one looks

// sought is the part of the page that somebody asked for: where parts lie one below the other, it comes into view.
let sought = "";

function go(address, part) {
  sought = part ?? "";
  if (address !== location.pathname + location.search) history.pushState(null, "", address);
  else seek(sought);
  arrive();
}

function seek(id) {
  if (id !== sought || !id) return;
  sought = "";
  const place = byId(id).getBoundingClientRect();
  if (place.top > innerHeight - 160) byId(id).scrollIntoView();
}

function arrive() {
  connect();
  const at = new URLSearchParams(location.search).get("in");
  if (at === "home") post("/home", new FormData());
  const channel = byId("nt-channel");
  if ([...channel.options].some((o) => o.value === at)) channel.value = at;
}

window.addEventListener("popstate", arrive);

// ---- what goes out

let toastEnds;
function toast(text, wrong) {
  const box = byId("toast");
  box.textContent = text;
  box.classList.toggle("wrong", Boolean(wrong));
  raise(box);
  clearTimeout(toastEnds);
  toastEnds = setTimeout(() => box.hidePopover(), 6000);
}

// raise puts the toast above whatever modal there is: what was shown last is on top.
function raise(box) {
  if (box.matches(":popover-open")) box.hidePopover();
  box.showPopover();
}

async function post(path, body) {
  try {
    const answer = await fetch(path + location.search, { method: "POST", body, headers: { "X-Demo-Token": token } });
    const text = await answer.text();
    if (text) toast(text, !answer.ok);
    return answer.ok;
  } catch {
    toast("The demo does not answer: has it ended?", true);
    return false;
  }
}

// pressed are the fields of a form, with what a control adds that tells by itself.
function pressed(form, control) {
  const body = new FormData(form);
  if (control?.name && control.type === "submit") body.set(control.name, control.value);
  if (control?.dataset.action) {
    body.set("block", control.dataset.block);
    body.set("action", control.dataset.action);
  }
  return body;
}

document.addEventListener("submit", async (e) => {
  e.preventDefault();
  const form = e.target, by = e.submitter;
  if (by?.dataset.confirm && !confirm(by.dataset.confirm)) return;
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const own = !by?.name; // not one of the words that are offered
  const done = await post(by?.getAttribute("formaction") ?? form.getAttribute("action"), pressed(form, by));
  delete form.dataset.busy;
  if (!done) return;
  if (form.classList.contains("composer") && own) form.reset();
  if (form.closest("#new-ticket")) { form.closest("dialog").close(); form.reset(); arrive(); }
});

document.addEventListener("change", (e) => {
  const t = e.target;
  if (t.matches("[data-as]")) {
    const q = new URLSearchParams(location.search);
    q.set("as", t.value);
    go("/?" + q);
  } else if (t.matches("[data-now]")) {
    post("/press", pressed(t.form, t));
  }
});

document.addEventListener("click", (e) => {
  const t = e.target.closest("[data-go], [data-open], [data-dismiss]");
  if (!t || e.ctrlKey || e.metaKey || e.shiftKey) return;
  if ("go" in t.dataset) {
    e.preventDefault();
    go(t.getAttribute("href"), t.closest("#main") && t.matches(".replies") ? "thread" : "");
    if (t.closest("#sidebar")) byId("main").focus({ preventScroll: true });
  } else if ("open" in t.dataset) {
    byId(t.dataset.open).showModal();
    byId("nt-subject").focus();
  } else {
    t.closest("dialog").close();
  }
});

// Esc closes a modal as its cross does: Slack has to know.
document.addEventListener("cancel", (e) => {
  if (!e.target.dataset.view) return;
  e.preventDefault();
  const body = new FormData();
  body.set("view", e.target.dataset.view);
  post("/close", body);
}, true);

for (const list of document.querySelectorAll("[data-tail]")) list.scrollTop = list.scrollHeight;
showModal();
arrive();

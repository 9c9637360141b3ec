// Keeps the page fresh: fetches it again every two seconds and swaps the parts that changed.
"use strict";

async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const newer = fresh.getElementById(part.id);
    if (newer && newer.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) {
      part.replaceChildren(...newer.childNodes);
    }
  }
}

setInterval(() => {
  // A server that is being restarted answers again soon.
  if (!document.hidden) refresh().catch(() => {});
}, 2000);

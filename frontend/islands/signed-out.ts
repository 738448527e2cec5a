import { say } from "./flash";

/** The session ended while somebody wrote (登录已过期). The page stays as it is; one signs in on another tab, comes back, and
 *  goes on: the forms get the new session's token. */
let out = false;

export function wireSignedOut(): void {
  document.addEventListener("visibilitychange", () => {
    if (out && !document.hidden) void goOn();
  });
}

export function signedOut(): void {
  if (out) return;
  out = true;
  say("登录已过期，您写的还在这一页。请到新标签页重新登录，再回到这里继续。", "warning", { words: "重新登录", address: "/sign-in/" });
}

async function goOn(): Promise<void> {
  const answer = await fetch("/", { cache: "no-store", redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  if (!token) return;
  if (account(page) !== account(document)) {
    say("现在登录的是另一个账号。请换回原来的账号，或先复制您写的，再刷新页面。", "warning");
    return;
  }
  document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", token);
  for (const field of document.querySelectorAll<HTMLInputElement>('input[name="csrfmiddlewaretoken"]')) field.value = token;
  out = false;
  say("已重新登录，可以继续办。", "success");
}

function account(page: Document): string {
  return page.querySelector("[data-account]")?.textContent ?? "";
}

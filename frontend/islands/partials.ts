import htmx from "htmx.org";
import { csrfToken } from "./csrf";
import { say } from "./flash";
import { signedOut } from "./signed-out";

/** htmx under our content security policy: no inline style, no eval, own origin only, and no copy of cases kept in the browser. */
export function wirePartials(): void {
  Object.assign(htmx.config, {
    includeIndicatorStyles: false,
    allowEval: false,
    allowScriptTags: false,
    selfRequestsOnly: true,
    historyCacheSize: 0,
    refreshOnHistoryMiss: true,
    // Not "style": a text area that somebody has drawn larger carries one, and the policy forbids to write it.
    attributesToSettle: ["class", "width", "height"],
    // A form sent back with its errors (422) and a conflict that explains itself (409) are pages to show, not failures.
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "(409|422)", swap: true, error: false },
      { code: "...", swap: false, error: true },
    ],
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const { verb, headers } = (event as CustomEvent<{ verb: string; headers: Record<string, string> }>).detail;
    if (verb !== "get") headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:sendError", () => say("网络不通，刚才的操作没有送出，您写的还在。请检查网络后再试。"));
  document.addEventListener("htmx:timeout", () => say("服务器没有及时答复，请刷新页面看结果，再决定是否重做。"));
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr;
    if (status === 401) signedOut();
    else say(answers[status] ?? "系统没有办成这件事，请刷新页面后再试；若仍不行，请告诉系统管理员。");
  });
}

const answers: Record<number, string> = {
  403: "您的岗位不能做这一步；若页面停留过久，请刷新后再试。",
  404: "没有找到，或您无权查看。",
  413: "文件太大，请压缩后再传。",
  429: "操作太频繁，请稍等片刻再试。",
  503: "系统正在恢复，刚才的操作可能没有完成。请几秒钟后刷新页面看结果，再决定是否重做。",
};

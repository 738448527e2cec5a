/** [data-locate]: put the phone's own place (WGS 84, centimetres from CGCS2000) into the two fields it names. */
export function wireLocate(): void {
  if (!("geolocation" in navigator)) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-locate]")) {
    button.hidden = false;
    button.addEventListener("click", () => locate(button));
  }
}

function locate(button: HTMLButtonElement): void {
  const said = button.parentElement?.querySelector("[data-locate-said]");
  const say = (words: string): void => {
    if (said) said.textContent = words;
  };
  const field = (name: "longitude" | "latitude"): HTMLInputElement | null =>
    document.getElementById(button.dataset[name] ?? "") as HTMLInputElement | null;
  say("正在定位…");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const [longitude, latitude] = [field("longitude"), field("latitude")];
      if (longitude) longitude.value = coords.longitude.toFixed(6);
      if (latitude) latitude.value = coords.latitude.toFixed(6);
      say(`已取得位置，误差约 ${Math.round(coords.accuracy)} 米。`);
    },
    (trouble) => say(trouble.code === trouble.PERMISSION_DENIED ? "手机没有允许定位，写明地点也可以。" : "没能取得位置，写明地点也可以。"),
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  );
}

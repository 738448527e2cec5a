/** Photos: input[data-photos] gets a preview, and every picture is made small before it is sent, for a weak signal. */
const LONGEST = 1600; // pixels of the longer side
const ENOUGH = 300 * 1024; // bytes; what is smaller stays as it is

export function wirePhotos(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("input[type=file][data-photos]")) enhance(input);
}

function enhance(input: HTMLInputElement): void {
  const most = Number(input.dataset["photos"]) || 6;
  const kept: File[] = [];
  const shots = document.createElement("div");
  shots.className = "shots";
  const add = document.createElement("label");
  add.className = "shot-add";
  add.htmlFor = input.id;
  const said = document.createElement("p");
  said.className = "hint";
  said.setAttribute("role", "status");
  input.classList.add("visually-hidden");
  input.before(shots, said);

  const show = (): void => {
    for (const image of shots.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    shots.replaceChildren(...kept.map((file, no) => preview(file, () => remove(no))));
    add.textContent = kept.length ? "＋ 再加" : "＋ 照片";
    if (kept.length < most) shots.append(add);
  };
  const remove = (no: number): void => {
    kept.splice(no, 1);
    hand();
    said.textContent = `还有 ${kept.length} 张。`;
  };
  const hand = (): void => {
    const list = new DataTransfer();
    for (const file of kept) list.items.add(file);
    input.files = list.files;
    show();
  };

  input.addEventListener("change", () => {
    const chosen = [...(input.files ?? [])];
    const form = input.form;
    if (form) form.dataset["busy"] = "";
    said.textContent = "正在整理照片…";
    void Promise.all(chosen.map(smaller)).then((files) => {
      const room = most - kept.length;
      kept.push(...files.slice(0, room));
      hand();
      said.textContent = files.length > room ? `最多 ${most} 张，多出的没有加上。` : `已选 ${kept.length} 张，共 ${size(kept)}。`;
      if (!form) return;
      delete form.dataset["busy"];
      form.dispatchEvent(new Event("ready"));
    });
  });
  show();
}

function preview(file: File, remove: () => void): HTMLElement {
  const box = document.createElement("div");
  box.className = "shot";
  if (file.type.startsWith("image/")) {
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = file.name;
    box.append(image);
  } else {
    const words = document.createElement("span");
    words.textContent = file.name;
    box.append(words);
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "shot-remove";
  button.setAttribute("aria-label", `去掉 ${file.name}`);
  button.textContent = "×";
  button.addEventListener("click", remove);
  box.append(button);
  return box;
}

/** The picture at most 1600 pixels long, upright, as JPEG; the file as it is where the browser cannot read it. */
async function smaller(file: File): Promise<File> {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size <= ENOUGH) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    if (!made || made.size >= file.size) return file;
    return new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

function size(files: File[]): string {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return bytes > 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} KB`;
}

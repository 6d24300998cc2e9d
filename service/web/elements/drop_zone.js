// Files dropped anywhere on the page, or chosen, go to the service one a request, two at a time.
const AT_ONCE = 2;
const MEGABYTE = 1000000;

export default {
  template: `
    <section class="drop-zone no-print" :class="{over: depth > 0, busy: isBusy}">
      <input ref="input" type="file" multiple :accept="accepted" class="visually-hidden" tabindex="-1"
             aria-label="选择文件" @change="take($event.target.files); $event.target.value = ''" />
      <button type="button" class="drop-target" @click="choose">
        <span class="drop-sign" aria-hidden="true">⇪</span>
        <span><b class="with-mouse">把文件拖到这里，或点击选择</b><b class="with-finger">选择文件或拍照上传</b>
        <small>PDF、扫描图片均可，可一次选多个；每个不超过 {{ mostMegabytes }} MB</small></span>
      </button>
      <slot name="rules"></slot>
      <ul v-if="files.length" class="uploads" aria-live="polite">
        <li v-for="file in files" :key="file.key" :class="file.state">
          <span class="upload-name" :title="file.name">{{ file.name }}</span>
          <progress v-if="file.state === 'sending'" :value="file.share" max="1"></progress>
          <span class="upload-note">{{ file.note }}</span>
          <a v-if="file.id" :href="base + '/documents/' + file.id">打开</a>
          <button v-if="file.again" type="button" class="link" @click="again(file)">重新上传</button>
        </li>
      </ul>
      <button v-if="files.length && !isBusy" type="button" class="link" @click="files = []">清空上传记录</button>
    </section>`,
  props: { url: String, csrf: String, mostBytes: Number, accepted: String, options: Object },
  data() {
    return { files: [], depth: 0, next: 0, base: window.path_prefix || "" };
  },
  computed: {
    isBusy() {
      return this.files.some((f) => f.state === "waiting" || f.state === "sending");
    },
    mostMegabytes() {
      return Math.floor(this.mostBytes / MEGABYTE);
    },
  },
  mounted() {
    this.handlers = {
      dragenter: (e) => this.onDrag(e, 1),
      dragleave: (e) => this.onDrag(e, -1),
      dragover: (e) => this.carriesFiles(e) && e.preventDefault(),
      drop: (e) => this.onDrop(e),
    };
    for (const [name, handler] of Object.entries(this.handlers)) document.addEventListener(name, handler);
    this.onLeave = (e) => this.isBusy && e.preventDefault();
    window.addEventListener("beforeunload", this.onLeave);
  },
  unmounted() {
    for (const [name, handler] of Object.entries(this.handlers)) document.removeEventListener(name, handler);
    window.removeEventListener("beforeunload", this.onLeave);
  },
  methods: {
    choose() {
      this.$refs.input.click();
    },
    carriesFiles(event) {
      return event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    },
    onDrag(event, step) {
      if (this.carriesFiles(event)) this.depth = Math.max(0, this.depth + step);
    },
    onDrop(event) {
      if (!this.carriesFiles(event)) return;
      event.preventDefault();
      this.depth = 0;
      this.take(event.dataTransfer.files);
    },
    take(list) {
      for (const file of list) {
        const entry = { key: this.next++, name: file.name, file, state: "waiting", share: 0, note: "等待上传" };
        if (file.size > this.mostBytes) this.fail(entry, `超过 ${this.mostMegabytes} MB，请拆分后再传`, false);
        else if (file.size === 0) this.fail(entry, "文件是空的，请重新导出后再传", false);
        this.files.unshift(entry);
      }
      this.pump();
    },
    again(entry) {
      Object.assign(entry, { state: "waiting", note: "等待上传", again: false, share: 0 });
      this.pump();
    },
    pump() {
      let free = AT_ONCE - this.files.filter((f) => f.state === "sending").length;
      for (const entry of [...this.files].reverse()) {
        if (free > 0 && entry.state === "waiting") {
          free--;
          this.send(entry);
        }
      }
    },
    send(entry) {
      Object.assign(entry, { state: "sending", note: "正在上传" });
      const form = new FormData();
      for (const [name, value] of Object.entries(this.options)) form.append(name, value);
      form.append("file", entry.file, entry.name);
      const request = new XMLHttpRequest();
      request.open("POST", this.base + this.url);
      request.responseType = "json";
      request.setRequestHeader("X-CSRF-Token", this.csrf);
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = (e) => {
        entry.share = e.lengthComputable ? e.loaded / e.total : 0;
        if (entry.share === 1) entry.note = "已送达，正在登记";
      };
      request.onload = () => this.onAnswer(entry, request);
      request.onerror = () => this.fail(entry, "连接中断，请检查网络后重新上传", true);
      request.onloadend = () => this.pump();
      request.send(form);
    },
    onAnswer(entry, request) {
      const taken = request.response && request.response.documents && request.response.documents[0];
      if (request.status < 300 && taken && taken.id) {
        const note = request.status === 200 ? "以前传过，直接打开即可" : "已上传，正在排队识别";
        Object.assign(entry, { state: "sent", note, id: taken.id, file: null });
        this.$emit("added", taken.id);
        return;
      }
      const problem = request.response || {};
      const said = problem.detail || problem.title || `服务器没有接受（${request.status}）`;
      if (request.status === 401) this.fail(entry, "登录已过期，请重新登录后再传", false);
      else this.fail(entry, said, request.status === 429 || request.status >= 500);
    },
    fail(entry, note, again) {
      Object.assign(entry, { state: "failed", note, again });
    },
  },
};

// The pages' images with boxes over them: turning, zooming and picking need no word from the service.
// All boxes are in points of the page; the sheet scales with the zoom.
const ZOOM_STEP = 1.25;
const MOST_ZOOM = 6;
const LEAST_ZOOM = 0.25;
const DRAG_STARTS = 4; // pixels; less is a click of an unsteady hand

export default {
  template: `
    <div class="page-viewer">
      <div class="bar">
        <q-btn flat round dense icon="chevron_left" title="上一页（[）" aria-label="上一页（[）" @click="turn(page - 1)"></q-btn>
        <select class="pager" aria-label="页码" :value="page" @change="turn(Number($event.target.value))">
          <option v-for="p in pages" :key="p.page" :value="p.page">第 {{ p.page }} 页，共 {{ pages.length }} 页</option>
        </select>
        <q-btn flat round dense icon="chevron_right" title="下一页（]）" aria-label="下一页（]）" @click="turn(page + 1)"></q-btn>
        <span class="gap"></span>
        <q-btn flat round dense icon="remove" title="缩小" aria-label="缩小" @click="zoomBy(1 / step)"></q-btn>
        <q-btn flat round dense icon="add" title="放大" aria-label="放大" @click="zoomBy(step)"></q-btn>
        <q-btn flat round dense icon="fit_screen" title="适合宽度" aria-label="适合宽度" @click="zoomBy(null)"></q-btn>
        <label class="outlines-shown" title="显示方框"><input type="checkbox" v-model="shown" /> <span>显示方框</span></label>
      </div>
      <div class="page-view" ref="frame" tabindex="-1" @wheel="onWheel" @pointerdown="onDown" @pointermove="onMove"
           @pointerup="onUp" @pointercancel="drag = null" :class="{dragging: drag && drag.moved}">
        <div class="sheet" ref="sheet" :style="{width: zoom * 100 + '%', aspectRatio: size.width + ' / ' + size.height}">
          <img :key="src" :src="src" :alt="'原件第 ' + page + ' 页'" draggable="false"
               @load="state = 'loaded'" @error="state = 'failed'" />
          <div v-if="state === 'failed'" class="page-failed" role="alert">
            这一页的图像暂时打不开，读出的内容不受影响。<br />
            <button type="button" class="link" @click.stop="retry">重新加载</button>
          </div>
          <div v-else-if="state === 'loading'" class="page-waiting" aria-hidden="true"></div>
          <svg ref="svg" :viewBox="'0 0 ' + size.width + ' ' + size.height" preserveAspectRatio="none" @click="onClick">
            <g v-if="shown && known">
              <rect v-for="(b, i) in known.outlines" :key="i" :x="b.x" :y="b.y" :width="b.width" :height="b.height"
                    :class="['outline', b.section, {doubtful: b.doubtful, faulty: b.faulty}]"><title>{{ b.name }}</title></rect>
            </g>
            <rect v-for="(b, i) in here(alarmed)" :key="'a' + i" class="alarmed"
                  :x="b[0] - 1.5" :y="b[1] - 1.5" :width="b[2] - b[0] + 3" :height="b[3] - b[1] + 3" />
            <rect v-for="(b, i) in here(selected)" :key="'s' + i" class="chosen"
                  :x="b[0] - 1" :y="b[1] - 1" :width="b[2] - b[0] + 2" :height="b[3] - b[1] + 2" />
          </svg>
        </div>
      </div>
    </div>`,
  props: {
    images: String, // where a page's picture is: its number and .png follow
    pages: Array, // page, width and height in points
    start: Number,
    drawn: Object, // by page: its outlines, and its spots, the closest claims first
    reach: Number,
  },
  data() {
    return {
      page: this.start, selected: [], alarmed: [], shown: true, zoom: 1, step: ZOOM_STEP, state: "loading", drag: null,
      base: window.path_prefix || "", tries: 0,
    };
  },
  computed: {
    size() {
      return this.pages.find((p) => p.page === this.page) || this.pages[0];
    },
    known() {
      return this.drawn[this.page];
    },
    src() {
      return this.base + this.images + this.page + ".png" + (this.tries ? "?again=" + this.tries : "");
    },
  },
  watch: {
    src() {
      this.state = "loading";
    },
  },
  mounted() {
    this.handlers = {
      "jixiao:show": (e) => this.show(e.detail),
      "jixiao:page": (e) => this.turn(e.detail.by ? this.page + e.detail.by : e.detail.to),
    };
    for (const [name, handler] of Object.entries(this.handlers)) document.addEventListener(name, handler);
  },
  unmounted() {
    for (const [name, handler] of Object.entries(this.handlers)) document.removeEventListener(name, handler);
  },
  methods: {
    retry() {
      this.tries += 1;
    },
    turn(page) {
      page = Math.min(Math.max(1, page), this.pages.length);
      if (page === this.page) return;
      this.page = page;
      this.$refs.frame.scrollTo({ top: 0 });
      if (!this.known) this.$emit("turned", page); // the service tells what stands there
    },
    here(boxes) {
      return boxes.filter((b) => b.page === this.page).map((b) => b.bbox);
    },
    // Point out the boxes of a value and those of a finding, and bring them into view.
    show({ selected, alarmed }) {
      Object.assign(this, { selected, alarmed });
      const pages = (selected.length ? selected : alarmed).map((b) => b.page);
      if (pages.length && !pages.includes(this.page)) this.turn(Math.min(...pages));
      this.reveal();
    },
    zoomBy(factor, at) {
      const frame = this.$refs.frame;
      const old = this.zoom;
      this.zoom = factor === null ? 1 : Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, old * factor));
      // What is under the pointer (else in the middle) stays where it is.
      const spot = at || { x: frame.clientWidth / 2, y: frame.clientHeight / 2 };
      const left = ((frame.scrollLeft + spot.x) * this.zoom) / old - spot.x;
      const top = ((frame.scrollTop + spot.y) * this.zoom) / old - spot.y;
      this.$nextTick(() => frame.scrollTo({ left, top }));
    },
    reveal() {
      this.$nextTick(() => {
        const all = [...this.here(this.selected), ...this.here(this.alarmed)];
        if (!all.length) return;
        const frame = this.$refs.frame;
        const scale = this.$refs.sheet.clientWidth / this.size.width;
        const [left, top] = [Math.min(...all.map((b) => b[0])), Math.min(...all.map((b) => b[1]))];
        const [right, bottom] = [Math.max(...all.map((b) => b[2])), Math.max(...all.map((b) => b[3]))];
        frame.scrollTo({
          left: ((left + right) / 2) * scale - frame.clientWidth / 2,
          top: ((top + bottom) / 2) * scale - frame.clientHeight / 2,
          behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
        });
      });
    },
    onWheel(event) {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const frame = this.$refs.frame.getBoundingClientRect();
      this.zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2, { x: event.clientX - frame.left, y: event.clientY - frame.top });
    },
    onDown(event) {
      if (event.pointerType !== "mouse" || event.button !== 0) return; // touch scrolls by itself
      const frame = this.$refs.frame;
      this.drag = { x: event.clientX, y: event.clientY, left: frame.scrollLeft, top: frame.scrollTop, moved: false };
    },
    onMove(event) {
      if (!this.drag) return;
      const [dx, dy] = [event.clientX - this.drag.x, event.clientY - this.drag.y];
      if (!this.drag.moved && Math.hypot(dx, dy) < DRAG_STARTS) return;
      this.drag.moved = true;
      this.$refs.frame.scrollTo({ left: this.drag.left - dx, top: this.drag.top - dy });
    },
    onUp() {
      const moved = this.drag && this.drag.moved;
      this.drag = null;
      this.wasDrag = moved;
    },
    onClick(event) {
      if (this.wasDrag) {
        this.wasDrag = false;
        return;
      }
      const sheet = this.$refs.svg.getBoundingClientRect();
      const x = ((event.clientX - sheet.left) / sheet.width) * this.size.width;
      const y = ((event.clientY - sheet.top) / sheet.height) * this.size.height;
      document.dispatchEvent(new CustomEvent("jixiao:pick", { detail: this.known ? this.under(x, y) : null }));
    },
    // The pointers of the values at a spot, the closest first: those within whose box it lies before those near it.
    under(x, y) {
      const far = ([left, top, right, bottom]) => Math.max(left - x, x - right, top - y, y - bottom, 0);
      const near = this.known.spots.filter((spot) => far(spot.box) <= this.reach);
      const [within, beside] = [near.filter((s) => far(s.box) === 0), near.filter((s) => far(s.box) > 0)];
      return [...new Set([...within, ...beside].map((spot) => spot.pointer))];
    },
  },
};

// A page image with boxes over it. All boxes are in points of the page; the sheet scales with the zoom.
const MOST_ZOOM = 6;
const LEAST_ZOOM = 0.25;
const DRAG_STARTS = 4; // pixels; less is a click of an unsteady hand

export default {
  template: `
    <div class="page-view" ref="frame" @wheel="onWheel" @pointerdown="onDown" @pointermove="onMove"
         @pointerup="onUp" @pointercancel="drag = null" :class="{dragging: drag && drag.moved}">
      <div class="sheet" ref="sheet" :style="{width: zoom * 100 + '%', aspectRatio: width + ' / ' + height}">
        <img v-if="src" :key="src" :src="base + src" :alt="alt" draggable="false"
             @load="state = 'loaded'" @error="state = 'failed'" />
        <div v-if="state === 'failed'" class="page-failed" role="alert">
          这一页的图像暂时打不开，右侧的内容不受影响。<br />
          <button type="button" class="link" @click.stop="retry">重新加载</button>
        </div>
        <div v-else-if="state === 'loading'" class="page-waiting" aria-hidden="true"></div>
        <svg ref="svg" :viewBox="'0 0 ' + width + ' ' + height" preserveAspectRatio="none" @click="onClick">
          <g v-if="shown">
            <rect v-for="(b, i) in boxes" :key="i" :x="b.x" :y="b.y" :width="b.width" :height="b.height"
                  :class="['outline', b.section, {doubtful: b.doubtful, faulty: b.faulty}]"><title>{{ b.name }}</title></rect>
          </g>
          <rect v-for="(b, i) in alarmed" :key="'a' + i" class="alarmed"
                :x="b[0] - 1.5" :y="b[1] - 1.5" :width="b[2] - b[0] + 3" :height="b[3] - b[1] + 3" />
          <rect v-for="(b, i) in selected" :key="'s' + i" class="chosen"
                :x="b[0] - 1" :y="b[1] - 1" :width="b[2] - b[0] + 2" :height="b[3] - b[1] + 2" />
        </svg>
      </div>
    </div>`,
  props: {
    src: String,
    alt: String,
    width: Number,
    height: Number,
    boxes: Array,
    selected: Array,
    alarmed: Array,
    shown: Boolean,
  },
  data() {
    return { zoom: 1, state: "loading", drag: null, base: window.path_prefix || "" };
  },
  watch: {
    src() {
      this.state = "loading";
      this.$refs.frame.scrollTo({ top: 0 });
    },
  },
  methods: {
    retry() {
      this.state = "loading";
      const picture = this.$refs.sheet.querySelector("img");
      picture.src = this.base + this.src + "?again=" + Date.now();
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
        const all = [...this.selected, ...this.alarmed];
        if (!all.length) return;
        const frame = this.$refs.frame;
        const scale = this.$refs.sheet.clientWidth / this.width;
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
      document.dispatchEvent(new Event("jixiao:pick"));
      this.$emit("pick", {
        x: ((event.clientX - sheet.left) / sheet.width) * this.width,
        y: ((event.clientY - sheet.top) / sheet.height) * this.height,
      });
    },
  },
};

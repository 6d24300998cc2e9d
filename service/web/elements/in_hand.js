// The value in hand, and the keys. Choosing, showing and typing are the browser's own; the service is told what was
// decided about which value, in the order of the decisions, and its answers never touch what is being typed.
const ACTS = { n: "next", p: "previous", u: "undo", "[": "earlier", "]": "later", "?": "help", "？": "help" };
const WHOLE = 30; // characters; a figure is typed anew, in a longer text typing goes on at its end
const FIELDS = "input, textarea, select, [contenteditable=true], .q-dialog, .q-menu";

export default {
  template: `
    <div class="inspector" :class="{idle: !value && !unsaved.length}" role="region" aria-label="当前值">
      <div class="inspector-head">
        <span v-if="value" class="inspector-name">{{ value.name }}</span>
        <span v-else class="inspector-name">点选一个值<span class="wide-only">，或按 n 跳到下一处待核</span></span>
        <span class="inspector-doubt">{{ value ? value.doubt : "" }}</span>
        <span class="gap"></span>
        <button v-if="unsaved.length" type="button" class="link inspector-unsaved" @click="choose(unsaved[0])">
          {{ unsaved.length }} 处改动未保存
        </button>
        <button v-if="wanted.length" type="button" class="link" @click="go(1)">下一处待核 ›</button>
      </div>
      <div class="inspector-body">
        <textarea ref="editor" rows="1" spellcheck="false" aria-label="当前值的内容" :value="text" :disabled="!value"
                  :readonly="!changeable" @input="onInput" @keydown="onEditorKey"></textarea>
        <template v-if="annotates">
          <button type="button" class="primary" title="Enter" :disabled="!acceptable" @click="accept">认可</button>
          <button type="button" class="primary" title="Enter" :disabled="!changed" @click="save">保存修改</button>
          <button type="button" class="button" title="u 或 Ctrl+Z" :disabled="!undoable" @click="undo">撤销</button>
        </template>
      </div>
    </div>`,
  props: {
    values: Object, // by pointer: name, text, doubt, doubtful, fixed, order, places, finding
    wanted: Array, // pointers of the values to look at, in reading order
    findings: Array, // places, pointer
    evaluation: Number, // whose panel is shown
    turned: Number, // how many turns to an evaluation the service has answered
    annotates: Boolean,
    undoable: Boolean,
    opening: Number, // a finding to begin with
    start: Number, // the evaluation's first page
    keeps: String, // the name under which this tab keeps what is not saved
  },
  data() {
    return {
      pointer: null,
      finding: null,
      drafts: {}, // by pointer: typed and not saved
      seen: {}, // by pointer: the text that a draft was typed over
      kept: {}, // drafts of before a reload whose values are not known yet
      line: [], // decisions that the service has not answered; it is told of one at a time, so that none overtakes
      decisions: 0,
      choices: 0,
      turns: 0,
      asked: this.evaluation,
    };
  },
  computed: {
    sent() {
      return Object.fromEntries(this.line.map((decision) => [decision.pointer, decision]));
    },
    value() {
      return this.values[this.pointer];
    },
    text() {
      if (!this.value) return "";
      return this.drafts[this.pointer] ?? this.sent[this.pointer]?.typed ?? this.value.text;
    },
    changeable() {
      return this.annotates && !!this.value && !this.value.fixed;
    },
    changed() {
      return this.changeable && this.isChanged(this.pointer);
    },
    acceptable() {
      return this.annotates && !!this.value && this.value.doubtful && !this.changed && !this.sent[this.pointer];
    },
    unsaved() {
      return Object.keys(this.drafts).filter((pointer) => pointer !== this.pointer && this.isChanged(pointer));
    },
  },
  watch: {
    evaluation: "onEvaluation",
    turned: "onEvaluation",
    text: { handler: "fit", flush: "post" },
    drafts: { handler: "keep", deep: true },
    sent: "keep",
    unsaved() {
      this.mark();
    },
  },
  mounted() {
    this.handlers = {
      keydown: this.onKey,
      click: this.onClick,
      "jixiao:pick": (e) => this.onPick(e.detail),
    };
    for (const [name, handler] of Object.entries(this.handlers)) document.addEventListener(name, handler);
    // The panel comes and goes with the evaluation; the value in hand is marked in each.
    this.panel = new MutationObserver(this.mark);
    this.panel.observe(document.querySelector(".panel"), { childList: true, subtree: true });
    this.kept = JSON.parse(sessionStorage.getItem(this.keeps) ?? "{}");
    this.restore();
    this.watchLine();
    if (this.opening !== undefined && this.opening !== null) this.showFinding(this.opening);
  },
  unmounted() {
    for (const [name, handler] of Object.entries(this.handlers)) document.removeEventListener(name, handler);
    this.panel.disconnect();
    window.socket?.io.off("reconnect", this.repeat);
  },
  methods: {
    // Choosing ------------------------------------------------------------------------------------------------------
    choose(pointer, { scroll = true, finding } = {}) {
      if (!this.values[pointer] && evaluationOf(pointer) === this.asked) return this.leave();
      this.pointer = pointer;
      this.choices += 1;
      this.finding = finding ?? this.value?.finding ?? null;
      this.turnTo(pointer);
      this.pointOut();
      this.mark();
      this.follow();
      if (scroll) this.reveal();
    },
    // The focus does not stay on a value that was chosen before: Enter would choose it again.
    follow() {
      if (document.activeElement?.closest(".panel [data-pointer]")) {
        document.activeElement.blur();
        this.shown()?.focus({ preventScroll: true });
      }
    },
    shown() {
      return this.pointer && document.querySelector(`.panel [data-pointer="${CSS.escape(this.pointer)}"]`);
    },
    leave() {
      Object.assign(this, { pointer: null, finding: null });
      this.pointOut();
      this.mark();
    },
    turnTo(pointer) {
      const evaluation = evaluationOf(pointer);
      if (evaluation === this.asked) return;
      this.asked = evaluation;
      this.turns += 1;
      this.$emit("turn", { evaluation, number: this.turns });
    },
    onEvaluation() {
      if (this.turned < this.turns) return; // an answer to an earlier wish
      this.asked = this.evaluation;
      this.restore();
      if (this.value && evaluationOf(this.pointer) === this.evaluation) {
        this.pointOut();
        this.$nextTick(this.reveal);
      } else {
        this.leave();
        tell("jixiao:page", { to: this.start });
      }
    },
    pointOut() {
      tell("jixiao:show", {
        selected: this.value ? this.value.places : [],
        alarmed: this.findings[this.finding]?.places ?? [],
      });
    },
    mark() {
      for (const shown of document.querySelectorAll(".panel .value")) {
        const own = shown.dataset.pointer;
        if (own === this.pointer) shown.setAttribute("aria-current", "true");
        else shown.removeAttribute("aria-current");
        shown.toggleAttribute("data-unsaved", own in this.drafts && this.isChanged(own));
      }
    },
    reveal() {
      const shown = this.shown();
      if (!shown) return;
      for (let around = shown.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      shown.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
    },
    go(step) {
      const order = (pointer) => this.values[pointer].order;
      const here = this.value ? this.value.order : step > 0 ? -1 : Infinity;
      const ahead = this.wanted.filter((pointer) => (order(pointer) - here) * step > 0);
      const found = (ahead.length ? ahead : this.wanted).at(step > 0 ? 0 : -1);
      if (found) this.choose(found);
      else say("没有待核的值了", "positive");
    },
    showFinding(index) {
      const finding = this.findings[index];
      if (!finding) return;
      if (this.values[finding.pointer]) return this.choose(finding.pointer, { finding: index, scroll: false });
      this.pointer = null;
      this.finding = index;
      this.pointOut();
      this.mark();
    },
    onPick(under) {
      if (under === null) return this.leave(); // what stands there is not known yet: typing must not go elsewhere
      if (under.length) this.choose(under[(under.indexOf(this.pointer) + 1) % under.length]);
    },
    onClick(event) {
      const target = event.target.closest("[data-act], [data-finding], [data-remedy], .panel [data-pointer]");
      if (!target) return;
      const { act, finding, remedy, suggestion, pointer } = target.dataset;
      if (act) this.act(act);
      else if (remedy) this.take(remedy, suggestion);
      else if (finding) this.showFinding(Number(finding));
      else this.choose(pointer, { scroll: false });
    },

    // Deciding ------------------------------------------------------------------------------------------------------
    isChanged(pointer) {
      const known = this.values[pointer];
      const typed = this.drafts[pointer];
      return typed !== undefined && (!known || typed.trim() !== (this.sent[pointer]?.typed ?? known.text).trim());
    },
    decide(name, pointer, typed) {
      this.decisions += 1;
      this.line.push({ name, pointer, typed, number: this.decisions, choices: this.choices });
      if (this.line.length === 1) this.send();
    },
    send() {
      if (this.line.length) this.$emit("decide", { ...this.line[0] });
    },
    // The service has carried out a decision, or refused it: then what was typed is there to be mended. What was undone
    // comes to hand, unless another value was chosen since.
    answered(number, done, undone) {
      if (this.line[0]?.number !== number) return; // answered before
      const { pointer, typed, choices } = this.line.shift();
      if (!done && typed !== undefined && !this.sent[pointer]) {
        this.drafts[pointer] ??= typed;
        this.seen[pointer] = this.values[pointer]?.text;
      }
      if (undone && choices === this.choices) this.choose(undone);
      this.send();
    },
    // After a break of the connection, what may have been lost in it is said again.
    watchLine() {
      if (!window.socket) return void setTimeout(this.watchLine, 50);
      window.socket.io.on("reconnect", this.repeat);
    },
    repeat() {
      this.send();
      if (this.turned < this.turns) this.$emit("turn", { evaluation: this.asked, number: this.turns });
    },
    accept() {
      if (!this.annotates || !this.value || this.sent[this.pointer]) return;
      if (this.changed) return this.save();
      if (this.value.doubtful) this.decide("accept", this.pointer);
      else say("这个值不需要认可；有误请直接输入改正");
    },
    save() {
      if (!this.changeable) return;
      const pointer = this.pointer;
      const typed = this.text.trim();
      const changed = this.changed;
      delete this.drafts[pointer];
      if (changed) this.decide("correct", pointer, typed);
      else if (this.value.doubtful && !this.sent[pointer]) this.decide("accept", pointer);
    },
    take(pointer, suggestion) {
      this.choose(pointer, { scroll: false });
      delete this.drafts[pointer];
      this.decide("correct", pointer, suggestion);
    },
    undo() {
      if (this.annotates) this.decide("undo");
    },

    // Typing --------------------------------------------------------------------------------------------------------
    onInput(event) {
      if (!(this.pointer in this.drafts)) this.seen[this.pointer] = this.value.text;
      this.drafts[this.pointer] = event.target.value;
    },
    onEditorKey(event) {
      if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
      if (event.key === "Enter" && event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Enter") this.save();
      else delete this.drafts[this.pointer];
      this.$refs.editor.blur();
    },
    // Go into the field; `anew` selects a figure, so that what is typed takes its place.
    enter(anew) {
      if (!this.changeable) return;
      const field = this.$refs.editor;
      field.focus();
      if (anew && field.value.length <= WHOLE) field.select();
      else field.setSelectionRange(field.value.length, field.value.length);
    },
    fit() {
      const field = this.$refs.editor;
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
    },
    onKey(event) {
      if (event.isComposing || event.defaultPrevented || event.target.closest(FIELDS)) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") return this.act("undo", event);
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter" || event.key === " ") return this.onEnter(event);
      if (ACTS[event.key]) return this.act(ACTS[event.key], event);
      if (event.key === "F2") event.preventDefault();
      if (event.key === "F2" || event.key.length === 1 || event.key === "Process") this.enter(event.key !== "F2");
    },
    onEnter(event) {
      const value = event.target.closest("[data-pointer]");
      if (value && value.dataset.pointer !== this.pointer) {
        event.preventDefault();
        this.choose(value.dataset.pointer, { scroll: false });
      } else if (event.key === "Enter" && !event.target.closest("button, a, summary")) {
        event.preventDefault();
        this.accept();
      }
    },
    act(name, event) {
      event?.preventDefault();
      if (name === "next" || name === "previous") this.go(name === "next" ? 1 : -1);
      else if (name === "earlier" || name === "later") tell("jixiao:page", { by: name === "later" ? 1 : -1 });
      else if (name === "undo") this.undo();
      else this.$emit(name);
    },

    // What is typed and not saved outlives a reload, where the value is still as it was ------------------------------
    keep() {
      const kept = { ...this.kept };
      for (const { pointer, typed } of this.line) {
        if (typed !== undefined) kept[pointer] = { typed, seen: this.seen[pointer] ?? this.values[pointer]?.text };
      }
      for (const [pointer, typed] of Object.entries(this.drafts)) {
        if (this.isChanged(pointer)) kept[pointer] = { typed, seen: this.seen[pointer] };
      }
      if (Object.keys(kept).length) sessionStorage.setItem(this.keeps, JSON.stringify(kept));
      else sessionStorage.removeItem(this.keeps);
    },
    restore() {
      for (const [pointer, { typed, seen }] of Object.entries(this.kept)) {
        const known = this.values[pointer];
        if (!known) continue;
        delete this.kept[pointer];
        if (!this.annotates || known.fixed || known.text !== seen) continue;
        this.drafts[pointer] = typed;
        this.seen[pointer] = seen;
      }
    },
  },
};

function evaluationOf(pointer) {
  return Number(pointer.split("/")[2]);
}

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

function say(message, type) {
  Quasar.Notify.create({ message, type, position: "top", timeout: 2500 });
}

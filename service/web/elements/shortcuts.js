// Keys outside any field: n and p go through doubtful values, Enter accepts, u or Ctrl+Z undoes, typing corrects.
const ACTS = { n: "next", p: "previous", u: "undo", "[": "earlier", "]": "later", "?": "help", "？": "help" };
const WHOLE = 30; // characters; a figure is typed anew, in a longer text typing goes on at its end
const LONGEST_WAIT = 5000; // milliseconds
const FIELDS = "input, textarea, select, [contenteditable=true], .q-dialog, .q-menu";

export default {
  template: `<div hidden></div>`,
  props: { editor: String, turn: Number },
  data() {
    return { waiting: null, typed: "" };
  },
  watch: {
    turn: { handler: "onTurn", flush: "post" },
  },
  mounted() {
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("click", this.onClick, true);
    document.addEventListener("jixiao:pick", this.wait); // a click on the page image
  },
  unmounted() {
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("click", this.onClick, true);
    document.removeEventListener("jixiao:pick", this.wait);
    clearTimeout(this.waiting);
  },
  methods: {
    // Until the service has answered which value is in hand, typing is kept back: it belongs to the one to come.
    wait() {
      clearTimeout(this.waiting);
      this.typed = "";
      this.waiting = setTimeout(this.giveUp, LONGEST_WAIT);
    },
    giveUp() {
      this.waiting = null;
      this.typed = "";
    },
    onClick(event) {
      if (event.target.closest(".value:not(.chosen)")) this.wait();
    },
    onTurn() {
      clearTimeout(this.waiting);
      const typed = this.typed;
      this.giveUp();
      // The command tells the field's own listeners, as typing does.
      if (typed && this.enter(true)) document.execCommand("insertText", false, typed);
    },
    // Go into the field; `anew` selects a figure, so that what is typed takes its place.
    enter(anew) {
      const field = this.usable();
      if (!field) return false;
      field.focus();
      if (anew && field.value.length <= WHOLE) field.select();
      else field.setSelectionRange(field.value.length, field.value.length);
      return true;
    },
    usable() {
      const field = this.editor && document.querySelector(this.editor);
      return field && !field.disabled && !field.readOnly ? field : null;
    },
    onKey(event) {
      if (event.isComposing || event.defaultPrevented || event.target.closest(FIELDS)) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") return this.act(event, "undo");
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter" || event.key === " ") return this.onEnter(event);
      if (ACTS[event.key] && !this.typed) return this.act(event, ACTS[event.key]);
      if (event.key === "F2" || event.key.length === 1 || event.key === "Process") this.type(event);
    },
    act(event, name) {
      event.preventDefault();
      if (name === "next" || name === "previous") this.wait();
      this.$emit("act", name);
    },
    onEnter(event) {
      if (this.typed) return event.preventDefault(); // it is not in the field yet
      const value = event.target.closest("[data-pointer]");
      if (value && !value.classList.contains("chosen")) {
        event.preventDefault();
        value.click();
      } else if (event.key === "Enter" && !event.target.closest("button, a, summary")) {
        this.act(event, "accept");
      }
    },
    type(event) {
      if (this.waiting && event.key.length === 1) {
        this.typed += event.key;
        event.preventDefault();
        return;
      }
      this.enter(event.key !== "F2");
      if (event.key === "F2") event.preventDefault();
    },
  },
};

// Keys outside any field: n and p go through doubtful values, Enter accepts, u or Ctrl+Z undoes, typing corrects.
const ACTS = { n: "next", p: "previous", u: "undo", "[": "earlier", "]": "later", "?": "help", "？": "help" };
const WHOLE = 30; // characters; a figure is typed anew, in a longer text typing goes on at its end
const FIELDS = "input, textarea, select, [contenteditable=true], .q-dialog, .q-menu";

export default {
  template: `<div hidden></div>`,
  props: { editor: String },
  mounted() {
    document.addEventListener("keydown", this.onKey);
  },
  unmounted() {
    document.removeEventListener("keydown", this.onKey);
  },
  methods: {
    onKey(event) {
      if (event.isComposing || event.defaultPrevented || event.target.closest(FIELDS)) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") return this.act(event, "undo");
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter" || event.key === " ") return this.onEnter(event);
      if (ACTS[event.key]) return this.act(event, ACTS[event.key]);
      if (event.key === "F2" || event.key.length === 1 || event.key === "Process") this.type(event);
    },
    act(event, name) {
      event.preventDefault();
      this.$emit("act", name);
    },
    onEnter(event) {
      const value = event.target.closest("[data-pointer]");
      if (value && !value.classList.contains("chosen")) {
        event.preventDefault();
        value.click();
      } else if (event.key === "Enter" && !event.target.closest("button, a, summary")) {
        this.act(event, "accept");
      }
    },
    type(event) {
      const field = this.editor && document.querySelector(this.editor);
      if (!field || field.disabled || field.readOnly) return;
      field.focus();
      if (field.value.length <= WHOLE && event.key !== "F2") field.select();
      else field.setSelectionRange(field.value.length, field.value.length);
      if (event.key === "F2") event.preventDefault();
    },
  },
};

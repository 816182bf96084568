// The live widget's front end: plays the blocks that the kernel sends, and tells it what the listener wants.

const HEADROOM_S = 0.15; // how long a first block waits, so that the next ones are there in time
const REPORT_MS = 1000;

/** Plays blocks of 16-bit samples one after another without a seam, as they come. */
export class BlockPlayer {
  constructor(context, output, rate, channels) {
    Object.assign(this, { context, output, rate, channels });
    this.origin = 0; // frame of the context's clock at which frame 0 would have been played
    this.received = 0;
    this.finished = 0; // frames played before the last gap
    this.late = 0; // times that a block came when its time had passed
  }

  play(words) {
    const frames = words.length / this.channels;
    const earliest = Math.ceil(this.context.currentTime * this.rate);
    if (this.origin + this.received < earliest) {
      if (this.received > 0) this.late += 1;
      this.finished = this.received;
      this.origin = earliest + Math.round(HEADROOM_S * this.rate) - this.received;
    }
    const buffer = this.context.createBuffer(this.channels, frames, this.rate);
    for (let channel = 0; channel < this.channels; channel++) {
      const samples = buffer.getChannelData(channel);
      for (let k = 0; k < frames; k++) samples[k] = words[k * this.channels + channel] / 32768;
    }
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.output);
    source.start((this.origin + this.received) / this.rate);
    this.received += frames;
  }

  /** Frames of the music that have been played. */
  heard() {
    const now = this.context.currentTime * this.rate - this.origin;
    return Math.max(this.finished, Math.min(this.received, now));
  }
}

/** What a model's views share: one player, however often the widget is shown. */
class Sound {
  constructor(model) {
    this.model = model;
    this.playing = false;
    this.listeners = new Set();
    this.onMessage = (message, buffers) => {
      if (message.kind === "block" && this.player) this.player.play(wordsOf(buffers[0]));
    };
    model.on("msg:custom", this.onMessage);
  }

  async play() {
    if (!this.context) this.open();
    await this.context.resume();
    this.tell(true);
  }

  async pause() {
    await this.context.suspend();
    this.tell(false);
  }

  tell(playing) {
    this.playing = playing;
    this.model.send({ kind: playing ? "play" : "pause" });
    this.listeners.forEach((listener) => listener());
  }

  open() {
    const rate = this.model.get("sample_rate");
    this.context = new AudioContext({ sampleRate: rate });
    this.analyser = new AnalyserNode(this.context, { fftSize: 8192, smoothingTimeConstant: 0.7 });
    this.analyser.connect(this.context.destination);
    this.player = new BlockPlayer(this.context, this.analyser, rate, this.model.get("channels"));
    this.timer = setInterval(() => {
      if (this.playing) this.model.send({ kind: "heard", frames: this.player.heard() });
    }, REPORT_MS);
  }

  close() {
    this.model.off("msg:custom", this.onMessage);
    clearInterval(this.timer);
    if (this.context) this.context.close();
  }
}

const sounds = new WeakMap();

function initialize({ model }) {
  const sound = new Sound(model);
  sounds.set(model, sound);
  return () => sound.close();
}

function render({ model, el }) {
  const sound = sounds.get(model);
  const root = child(el, "div", { className: "latentscore" });
  const parts = [vibeBox(root, model, sound), meter(root, sound), layers(root, model), sliders(root, model)];
  return () => parts.forEach((forget) => forget());
}

function vibeBox(root, model, sound) {
  const form = child(root, "form");
  const play = child(form, "button", { className: "play", type: "button" });
  const box = child(form, "input", { type: "text", placeholder: "a vibe, then Enter", value: model.get("vibe") });
  const status = child(root, "div", { className: "status" });
  play.onclick = () => (sound.playing ? sound.pause() : sound.play());
  box.onkeydown = (event) => event.stopPropagation(); // the notebook has shortcuts for single letters
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    model.send({ kind: "vibe", text });
    sound.play();
  };
  const showPlay = () => {
    play.textContent = sound.playing ? "❚❚" : "▶";
    play.title = play.ariaLabel = sound.playing ? "pause" : "play";
  };
  const showStatus = () => {
    status.textContent = model.get("status");
    status.classList.toggle("failed", model.get("failed"));
  };
  sound.listeners.add(showPlay);
  showPlay();
  const forget = watch(model, ["status", "failed"], showStatus);
  return () => {
    sound.listeners.delete(showPlay);
    forget();
  };
}

/** A spectrum by octaves, and the level as a line at its right edge. */
function meter(root, sound) {
  const canvas = child(root, "canvas", { width: 1440, height: 128, ariaLabel: "spectrum" });
  const pen = canvas.getContext("2d");
  const bars = 90;
  let frame = 0;
  const draw = () => {
    frame = requestAnimationFrame(draw);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (!sound.analyser) return;
    const bins = new Uint8Array(sound.analyser.frequencyBinCount);
    const wave = new Float32Array(sound.analyser.fftSize);
    sound.analyser.getByteFrequencyData(bins);
    sound.analyser.getFloatTimeDomainData(wave);
    const width = canvas.width - 40;
    for (let bar = 0; bar < bars; bar++) {
      const [low, high] = [bar, bar + 1].map((at) => Math.round(6 * Math.pow(450, at / bars)));
      let level = 0;
      for (let bin = low; bin <= Math.max(low, high - 1); bin++) level = Math.max(level, bins[bin] / 255);
      pen.fillStyle = `hsl(${232 - 30 * level} ${30 + 25 * level}% ${62 - 8 * level}% / ${0.25 + 0.75 * level})`;
      const height = Math.max(2, level * canvas.height);
      pen.fillRect((bar * width) / bars, canvas.height - height, width / bars - 3, height);
    }
    const peak = wave.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    const share = Math.max(0, 1 + (20 * Math.log10(peak + 1e-9)) / 48);
    pen.fillStyle = "#d9683c";
    pen.fillRect(canvas.width - 18, canvas.height * (1 - share), 18, canvas.height * share);
  };
  draw();
  return () => cancelAnimationFrame(frame);
}

function layers(root, model) {
  const row = child(root, "div", { className: "layers" });
  const buttons = model.get("layers").map(({ name, color }) => {
    const button = child(row, "button", { title: `${name}: mute or unmute` });
    button.style.setProperty("--layer", color);
    button.onclick = () => model.send({ kind: "mute", layer: name, on: !model.get("muted").includes(name) });
    return [name, button];
  });
  return watch(model, ["muted", "labels"], () => {
    for (const [name, button] of buttons) {
      button.textContent = `${name} · ${model.get("labels")[name] ?? ""}`;
      button.ariaPressed = String(model.get("muted").includes(name));
    }
  });
}

function sliders(root, model) {
  const mix = child(root, "div", { className: "sliders" });
  const details = child(root, "details");
  child(details, "summary", { textContent: "finer" });
  const finer = child(details, "div", { className: "sliders" });
  const rows = model.get("fields").map((field) => slider(field.group === "mix" ? mix : finer, field, model));
  return watch(model, ["labels", "status"], () => rows.forEach((show) => show())); // a refusal puts them back
}

function slider(parent, field, model) {
  const label = child(parent, "label", { title: field.help });
  child(label, "span", { textContent: field.name.replaceAll("_", " ") });
  const range = child(label, "input", { type: "range", min: 0, max: field.labels.length - 1, step: 1 });
  const value = child(label, "output");
  range.oninput = () => (value.textContent = field.labels[range.value]);
  range.onchange = () => model.send({ kind: "field", name: field.name, place: Number(range.value) });
  return () => {
    const place = model.get("labels")[field.name] ?? 0;
    range.value = Math.round(place);
    const between = field.name === "tempo" && !Number.isInteger(place);
    value.textContent = between ? model.get("labels")["tempo words"] : field.labels[range.value];
  };
}

/** Call `show` now and whenever one of the traits changes. Returns how to stop that. */
function watch(model, traits, show) {
  traits.forEach((trait) => model.on(`change:${trait}`, show));
  show();
  return () => traits.forEach((trait) => model.off(`change:${trait}`, show));
}

function child(parent, tag, properties = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  parent.append(element);
  return element;
}

function wordsOf(view) {
  // a copy: 16-bit arrays need an even offset, which a message's buffer does not promise
  return new Int16Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

export default { initialize, render };

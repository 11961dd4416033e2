/* Draws a part of a timeline; without it the whole stays as a picture. */
"use strict";
for (const box of document.querySelectorAll(".zoomable")) {
	const svg = box.querySelector("svg"), view = svg.querySelector(".view");
	const data = JSON.parse(box.querySelector(".lives").textContent);
	const left = +svg.dataset.left, lane = +svg.dataset.lane;
	const right = svg.viewBox.baseVal.width;
	const bottom = svg.viewBox.baseVal.height - 20;
	let from = 0, to = data.span;

	function time(t) {
		if (data.unit !== "ns" || t < 1000)
			return Math.round(t) + (data.unit === "ns" ? " ns" : "");
		let u = 0;
		while (t >= 999.5 && u < 3) {
			t /= 1000;
			u++;
		}
		return t.toPrecision(4) + " " + ["ns", "us", "ms", "s"][u];
	}

	const x = t => left + (t - from) / (to - from) * (right - left);

	function add(parent, name, attributes, text) {
		const e = document.createElementNS(svg.namespaceURI, name);
		for (const a in attributes)
			e.setAttribute(a, attributes[a]);
		if (text !== undefined)
			e.textContent = text;
		parent.append(e);
		return e;
	}

	const drawn = {};
	function part(kind, row, a, b, y, height, title) {
		if (a < 0 || b < a || b < from || a > to)
			return;
		const x0 = Math.max(x(a), left), x1 = Math.min(x(b), right);
		const width = Math.max(x1 - x0, 0.6), key = kind + row;
		/* One pixel is not drawn twice. */
		if (x0 + width <= (drawn[key] || 0) + 0.3)
			return;
		drawn[key] = x0 + width;
		const r = add(view, "rect", {class: kind, x: x0, width: width,
			y: row * lane + y, height: height});
		if (title)
			add(r, "title", {}, title);
	}

	function draw() {
		view.replaceChildren();
		for (const key in drawn)
			delete drawn[key];
		for (let i = 0; i < data.gaps.length; i += 2)
			part("gap", 0, data.gaps[i], data.gaps[i + 1], 0, bottom);
		for (let i = 0; i <= 4; i++) {
			const t = from + (to - from) / 4 * i;
			add(view, "path", {class: "grid", d: `M${x(t)} 0V${bottom}`});
			add(view, "text", {x: x(t), y: bottom + 14, "text-anchor":
				i === 4 ? "end" : i ? "middle" : "start"}, time(t));
		}
		for (const [row, pend, ack, eoi, deactivate] of data.lives) {
			if (ack > pend)
				part("wait", row, pend, ack, 7, 4,
					"waited " + time(ack - pend));
			if (eoi >= 0)
				part("serve", row, ack, eoi, 3, 12,
					"acknowledged at " + time(ack) +
					", EOI after " + time(eoi - ack));
			if (eoi >= 0 && deactivate > eoi)
				part("active", row, eoi, deactivate, 6, 6,
					"deactivated " + time(deactivate - eoi) +
					" after EOI");
		}
		shown.value = `${time(from)} to ${time(to)} of ${time(data.span)}` +
			(data.unit === "ns" ? "" : " cycles");
	}

	function show(a, b) {
		const span = Math.min(Math.max(b - a, 10), data.span);
		from = Math.min(Math.max(a, 0), data.span - span);
		to = from + span;
		draw();
	}

	const tools = document.createElement("div");
	tools.className = "tools";
	const width = () => to - from, middle = () => (from + to) / 2;
	for (const [label, act] of [
		["Closer", () => show(middle() - width() / 8, middle() + width() / 8)],
		["Wider", () => show(middle() - width() * 2, middle() + width() * 2)],
		["Earlier", () => show(from - width() / 2, to - width() / 2)],
		["Later", () => show(from + width() / 2, to + width() / 2)],
		["All", () => show(0, data.span)],
	]) {
		const b = document.createElement("button");
		b.type = "button";
		b.textContent = label;
		b.addEventListener("click", act);
		tools.append(b);
	}
	const shown = document.createElement("output");
	tools.append(shown, " or drag over what to see");
	box.prepend(tools);

	/* Where the pointer is, as a time. */
	function at(event) {
		const r = svg.getBoundingClientRect();
		const px = (event.clientX - r.left) / r.width * right;
		return from + (Math.min(Math.max(px, left), right) - left) /
			(right - left) * (to - from);
	}
	let start = null, choice = null;
	svg.addEventListener("pointerdown", event => {
		start = at(event);
		choice = add(svg, "rect", {class: "choice", y: 0, height: bottom});
		svg.setPointerCapture(event.pointerId);
	});
	svg.addEventListener("pointermove", event => {
		if (start === null)
			return;
		const a = x(Math.min(start, at(event)));
		choice.setAttribute("x", a);
		choice.setAttribute("width", x(Math.max(start, at(event))) - a);
	});
	svg.addEventListener("pointerup", event => {
		const a = Math.min(start, at(event)), b = Math.max(start, at(event));
		choice.remove();
		start = null;
		if (x(b) - x(a) > 4)
			show(a, b);
	});
	svg.addEventListener("pointercancel", () => {
		choice.remove();
		start = null;
	});
	svg.addEventListener("dblclick", () => show(0, data.span));
	draw();
}

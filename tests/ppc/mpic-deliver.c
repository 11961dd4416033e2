/* SPDX-License-Identifier: MIT */
/*
 * The MPIC's client: every kind of source from its line to the end of its
 * interrupt, and random walks over all of it.
 */
#include "mpic-client.h"

static uint32_t iack(struct world *w, unsigned int cpu)
{
	return rd(w, CPU(cpu) + IACK);
}

static void eoi(struct world *w, unsigned int cpu)
{
	wr(w, CPU(cpu) + EOI, 0);
}

static void ctpr(struct world *w, unsigned int cpu, uint32_t priority)
{
	wr(w, CPU(cpu) + CTPR, priority);
}

/* All that can be seen of a source. */
static void look(struct world *w, unsigned int source)
{
	if (source < 256) {
		rd(w, IVPR(source));
		line_now(w, source);
	} else {
		rd(w, IPIVPR(source - 256));
		if (source == 256)
			line_now(w, source);
	}
}

static void start(struct world *w, uint32_t type, unsigned int cpus)
{
	world_open(w, type, cpus);
	wr(w, GCR, 0x80000000);
	for (unsigned int i = 0; i < cpus; i++)
		ctpr(w, i, 0);
}

static void setup(struct world *w, unsigned int source, uint32_t ivpr,
		  uint32_t idr)
{
	wr(w, IVPR(source), ivpr);
	wr(w, IDR(source), idr);
}

/* One source of each kind, in every order of line, mask and priority. */
static void kind(struct world *w, const char *name, unsigned int source,
		 uint32_t sense)
{
	topic("%s, source %u", name, source);
	setup(w, source, sense | PRIO(5) | source, 1);
	look(w, source);
	line(w, source, 1);
	look(w, source);
	iack(w, 0);
	look(w, source);
	iack(w, 0);
	line(w, source, 0);
	look(w, source);
	eoi(w, 0);
	iack(w, 0);
	eoi(w, 0);
	topic("masked, unmasked, masked");
	setup(w, source, MASKED | sense | PRIO(5) | source, 1);
	line(w, source, 1);
	look(w, source);
	iack(w, 0);
	wr(w, IVPR(source), sense | PRIO(5) | source);
	look(w, source);
	wr(w, IVPR(source), MASKED | sense | PRIO(5) | source);
	look(w, source);
	iack(w, 0);
	wr(w, IVPR(source), sense | PRIO(5) | source);
	iack(w, 0);
	line(w, source, 0);
	eoi(w, 0);
	look(w, source);
	topic("priority against CTPR");
	for (uint32_t p = 0; p < 16; p += 5) {
		wr(w, IVPR(source), sense | PRIO(p) | source);
		ctpr(w, 0, 6);
		line(w, source, 1);
		look(w, source);
		iack(w, 0);
		look(w, source);
		ctpr(w, 0, 0);
		iack(w, 0);
		look(w, source);
		line(w, source, 0);
		eoi(w, 0);
		eoi(w, 0);
		iack(w, 0);
	}
	topic("twice");
	wr(w, IVPR(source), sense | PRIO(5) | source);
	line(w, source, 1);
	line(w, source, 1);
	iack(w, 0);
	look(w, source);
	line(w, source, 1);
	eoi(w, 0);
	iack(w, 0);
	line(w, source, 0);
	eoi(w, 0);
	look(w, source);
	iack(w, 0);
	topic("no destination, then one");
	wr(w, IDR(source), 0);
	line(w, source, 1);
	look(w, source);
	iack(w, 0);
	wr(w, IDR(source), 1);
	iack(w, 0);
	wr(w, IVPR(source), sense | PRIO(6) | source);
	iack(w, 0);
	line(w, source, 0);
	eoi(w, 0);
	look(w, source);
	iack(w, 0);
	topic("trigger changes while it is high");
	wr(w, IVPR(source), SENSE | PRIO(5) | source);
	line(w, source, 1);
	wr(w, IVPR(source), PRIO(5) | source);
	look(w, source);
	iack(w, 0);
	look(w, source);
	iack(w, 0);
	wr(w, IVPR(source), SENSE | PRIO(5) | source);
	look(w, source);
	iack(w, 0);
	line(w, source, 0);
	eoi(w, 0);
	eoi(w, 0);
	look(w, source);
	wr(w, IVPR(source), MASKED);
}

static void order(struct world *w)
{
	topic("order of equals and of unequals");
	for (unsigned int i = 0; i < 12; i++) {
		unsigned int source = 250 - 21 * i;

		setup(w, source, PRIO(3 + i % 4) | source, 1);
		line(w, source, 1);
	}
	for (unsigned int i = 0; i < 6; i++)
		iack(w, 0);
	for (unsigned int i = 0; i < 12; i++)
		line(w, 250 - 21 * i, 0);
	for (unsigned int i = 0; i < 7; i++)
		iack(w, 0);
	for (unsigned int i = 0; i < 14; i++)
		eoi(w, 0);
	iack(w, 0);
	topic("a higher one during service, priorities that change");
	line(w, 250, 1);
	iack(w, 0);
	wr(w, IVPR(166), PRIO(9) | 166);
	line(w, 166, 1);
	iack(w, 0);
	wr(w, IVPR(250), PRIO(12) | 0x1250);
	iack(w, 0);
	wr(w, IVPR(166), PRIO(1) | 166);
	eoi(w, 0);
	iack(w, 0);
	ctpr(w, 0, 12);
	iack(w, 0);
	ctpr(w, 0, 0);
	line(w, 250, 0);
	line(w, 166, 0);
	for (unsigned int i = 0; i < 4; i++)
		eoi(w, 0);
	iack(w, 0);
	wr(w, SVR, 0x1234);
	iack(w, 0);
	wr(w, SVR, 0xffff);
}

static void destinations(struct world *w)
{
	topic("two CPUs");
	setup(w, 1, PRIO(4) | 1, 3);
	line(w, 1, 1);
	iack(w, 0);
	iack(w, 1);
	eoi(w, 0);
	eoi(w, 1);
	setup(w, 20, PRIO(4) | 20, 3);
	line(w, 20, 1);
	iack(w, 1);
	iack(w, 0);
	line(w, 20, 0);
	eoi(w, 0);
	eoi(w, 1);
	topic("moved while it is raised");
	wr(w, IDR(1), 1);
	line(w, 1, 1);
	wr(w, IDR(1), 2);
	iack(w, 1);
	iack(w, 0);
	eoi(w, 0);
	wr(w, IDR(20), 1);
	line(w, 20, 1);
	wr(w, IDR(20), 2);
	iack(w, 1);
	wr(w, IVPR(20), PRIO(5) | 20);
	iack(w, 1);
	iack(w, 0);
	line(w, 20, 0);
	iack(w, 0);
	iack(w, 1);
	eoi(w, 0);
	eoi(w, 1);
	topic("a CPU that is not there");
	wr(w, IDR(1), 0x80);
	rd(w, IDR(1));
	line(w, 1, 1);
	look(w, 1);
	iack(w, 7);
	iack(w, 0);
	wr(w, IDR(1), 1);
	wr(w, IVPR(1), PRIO(4) | 1);
	iack(w, 0);
	eoi(w, 0);
}

static void outputs(struct world *w)
{
	topic("other outputs");
	for (unsigned int i = 0; i < 3; i++) {
		unsigned int source = i == 2 ? 20 : 2;

		setup(w, source, PRIO(4) | source, i ? 0x40000001 : 1);
		wr(w, ILR(source), i);
		rd(w, IDR(source));
		rd(w, ILR(source));
		line(w, source, 1);
		look(w, source);
		wr(w, IVPR(source), MASKED | PRIO(4) | source);
		look(w, source);
		iack(w, 0);
		wr(w, IVPR(source), PRIO(4) | source);
		iack(w, 0);
		line(w, source, 0);
		look(w, source);
		eoi(w, 0);
		wr(w, ILR(source), 0);
		wr(w, IDR(source), 1);
	}
	topic("another output while it is raised");
	for (unsigned int source = 2; source <= 20; source += 18) {
		line(w, source, 1);
		wr(w, ILR(source), 1);
		wr(w, IDR(source), 0x40000001);
		look(w, source);
		line(w, source, 0);
		look(w, source);
		iack(w, 0);
		iack(w, 0);
		wr(w, ILR(source), 0);
		wr(w, IDR(source), 1);
		line(w, source, 1);
		line(w, source, 0);
		iack(w, 0);
		eoi(w, 0);
		eoi(w, 0);
		iack(w, 0);
	}
}

static void ipis(struct world *w)
{
	topic("IPIs");
	for (unsigned int i = 0; i < 4; i++) {
		wr(w, IPIVPR(i), PRIO(8 + i) | (0x100 + i));
		wr(w, CPU(0) + IPIDR(i), 2);
		look(w, 256 + i);
		iack(w, 1);
		look(w, 256 + i);
		iack(w, 0);
		look(w, 256 + i);
		eoi(w, 1);
		eoi(w, 0);
	}
	topic("again: the first of each kind went to CPU 0 as well");
	for (unsigned int i = 0; i < 4; i++) {
		wr(w, CPU(1) + IPIDR(i), 1 + i);
		wr(w, CPU(1) + IPIDR(i), 4);
		iack(w, 0);
		iack(w, 1);
		iack(w, 2);
		look(w, 256 + i);
		eoi(w, 0);
		eoi(w, 1);
		eoi(w, 2);
	}
	topic("to CPUs that are not there");
	wr(w, CPU(0) + IPIDR(0), 0xf0);
	look(w, 256);
	wr(w, CPU(0) + IPIDR(0), 1);
	iack(w, 0);
	look(w, 256);
	iack(w, 0);
	eoi(w, 0);
	topic("masked, then not");
	wr(w, IPIVPR(1), MASKED | PRIO(9) | 0x101);
	wr(w, CPU(0) + IPIDR(1), 3);
	look(w, 257);
	iack(w, 0);
	wr(w, IPIVPR(1), PRIO(9) | 0x101);
	look(w, 257);
	iack(w, 0);
	iack(w, 1);
	eoi(w, 0);
	eoi(w, 1);
	topic("IPI 0 by IRQ_ACTIVE");
	line(w, 256, 1);
	look(w, 256);
	iack(w, 0);
	line(w, 256, 0);
	look(w, 256);
	topic("of the current CPU");
	wr(w, IPIDR(2), 3);
	look(w, 258);
	rd(w, IACK);
	wr(w, EOI, 0);
	wr(w, CTPR, 3);
	rd(w, CTPR);
	rd(w, CPU(0) + CTPR);
}

static void across_reset(struct world *w)
{
	topic("across a reset");
	setup(w, 3, PRIO(7) | 3, 1);
	setup(w, 21, PRIO(6) | 21, 1);
	line(w, 3, 1);
	line(w, 21, 1);
	iack(w, 0);
	wr(w, MSIIR, 0x41000000);
	wr(w, ILR(9), 2);
	wr(w, GCR, 0xffffffff);
	rd(w, GCR);
	look(w, 3);
	look(w, 21);
	rd(w, ILR(9));
	iack(w, 0);
	eoi(w, 0);
	ctpr(w, 0, 0);
	wr(w, IVPR(3), PRIO(7) | 3);
	wr(w, IVPR(21), PRIO(6) | 21);
	wr(w, IVPR(226), PRIO(5) | 226);
	iack(w, 0);
	line(w, 21, 0);
	iack(w, 0);
	rd(w, MSIR(2));
	iack(w, 0);
	eoi(w, 0);
	eoi(w, 0);
	iack(w, 0);
	wr(w, ILR(9), 0);
}

void client_sources(uint32_t type)
{
	struct world w;

	start(&w, type, 1);
	kind(&w, "external, edge", 3, 0);
	kind(&w, "external, level", 4, SENSE);
	kind(&w, "internal", 16, 0);
	kind(&w, "message", 228, 0);
	world_close(&w);
	start(&w, type, 1);
	order(&w);
	world_close(&w);
	start(&w, type, 2);
	destinations(&w);
	world_close(&w);
	start(&w, type, 2);
	outputs(&w);
	world_close(&w);
	start(&w, type, 3);
	ipis(&w);
	world_close(&w);
	start(&w, type, 1);
	across_reset(&w);
	world_close(&w);
}

/* ---- random walks -------------------------------------------------------- */

static uint32_t state;

static uint32_t below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % n;
}

static unsigned int any_source(void)
{
	static const uint8_t few[] = {0, 3, 7, 15, 16, 40, 200, 224, 227, 255};

	return few[below(sizeof(few))];
}

/* Each call of below() is a statement: arguments have no order in C. */
static uint32_t any_ivpr(uint32_t vector)
{
	uint32_t val = below(4) ? vector : MASKED | vector;

	val |= below(2) * SENSE;
	return val | PRIO(below(16));
}

static void step(struct world *w, unsigned int cpus)
{
	unsigned int source = any_source(), cpu = below(cpus), n = below(8);
	uint32_t val = below(64);

	switch (below(20)) {
	case 0 ... 4: line(w, source, val % 3 > 0); break;
	case 5 ... 8: rd(w, CPU(cpu) + IACK); break;
	case 9 ... 11: wr(w, CPU(cpu) + EOI, val); break;
	case 12: wr(w, CPU(cpu) + CTPR, val % 6); break;
	case 13: wr(w, IVPR(source), any_ivpr(source)); break;
	case 14:
		val = val % 6 ? 0 : 0x40000000;
		wr(w, IDR(source), val | below(1u << cpus));
		break;
	case 15: wr(w, ILR(source), val % 6 ? 0 : val / 6 % 3); break;
	case 16: wr(w, CPU(cpu) + IPIDR(n % 4), val % (2u << cpus)); break;
	case 17: wr(w, IPIVPR(n % 4), any_ivpr(0x100)); break;
	case 18:
		if (val % 2)
			wr(w, MSIIR, n << 29 | val << 23);
		else
			rd(w, MSIR(n));
		break;
	default:
		rd(w, IVPR(source));
		if (val % 12 == 0)
			wr(w, GCR, 0x80000000);
	}
}

static void nothing(struct world *w)
{
	(void)w;
}

void client_walk(uint32_t type, unsigned int cpus, uint32_t seed,
		 void (*begin)(struct world *w), void (*each)(struct world *w))
{
	struct world w;

	state = seed;
	topic("a walk, %u CPUs, seed %u", cpus, seed);
	start(&w, type, cpus);
	begin(&w);
	for (unsigned int i = 0; i < 10; i++) {
		unsigned int source = any_source();

		wr(&w, IVPR(source), any_ivpr(i));
	}
	for (unsigned int i = 0; i < 500; i++) {
		step(&w, cpus);
		each(&w);
	}
	if (each == nothing)
		dump_all(&w);
	world_close(&w);
}

void client_random(uint32_t type)
{
	for (unsigned int cpus = 1; cpus < 5; cpus++)
		client_walk(type, cpus, cpus, nothing, nothing);
}

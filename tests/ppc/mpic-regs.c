/* SPDX-License-Identifier: MIT */
/*
 * The MPIC's client: every register at every offset, read and written, with
 * none, one, some and all CPUs connected.
 */
#include "mpic-client.h"

/* Writes to every word: equal answers in one line. */
static void write_all(struct world *w, uint32_t val)
{
	uint32_t from = 0, off;
	int last = reg_write(w, 0, val);

	for (off = 4; off <= MPIC_SIZE; off += 4) {
		int ret = off < MPIC_SIZE ? reg_write(w, off, val) : 1;

		if (ret == last)
			continue;
		say("w %05x-%05x %08x: %s", from, off - 4, val, answer(last));
		last = ret;
		from = off;
	}
}

/* What can be set in a register. */
static void bits(struct world *w, uint32_t off)
{
	static const uint32_t values[] = {UINT32_MAX, 0, 0x55555555,
					  0xaaaaaaaa};

	for (unsigned int i = 0; i < 4; i++) {
		wr(w, off, values[i]);
		rd(w, off);
	}
}

static void reset(struct world *w)
{
	wr(w, GCR, 0x80000000);
}

static void global_bits(struct world *w)
{
	topic("bits of the global registers");
	for (uint32_t off = 0x1000; off < 0x1110; off += 0x10) {
		/* ffffffff and aaaaaaaa reset; the others choose a mode. */
		bits(w, off);
	}
	for (uint32_t mode = 0; mode < 8; mode++) {
		wr(w, GCR, mode << 28);
		rd(w, GCR);
	}
	for (uint32_t off = 0x40; off < 0xc0; off += 0x10)
		bits(w, off);
	reset(w);
}

static void timers(struct world *w)
{
	topic("timers");
	for (uint32_t off = 0x10f0; off < 0x1330; off += 0x10)
		wr(w, off, 0x00070000 | off);
	dump(w, 0x10f0, 0x1340, 0x10);
	dump(w, 0x10f0, 0x1130, 4);
	for (uint32_t off = 0x1100; off < 0x1200; off += 0x50) {
		wr(w, off, UINT32_MAX);
		dump(w, 0x10f0, 0x1200, 0x10);
		wr(w, off, 0);
		dump(w, 0x10f0, 0x1200, 0x10);
	}
	reset(w);
	dump(w, 0x10f0, 0x1340, 0x10);
}

static void source_bits(struct world *w)
{
	static const unsigned int sources[] = {0,   1,   11,  12,  15,
					       16,  79,  80,  195, 196,
					       223, 224, 231, 232, 255};

	topic("bits of the sources");
	for (unsigned int i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
		bits(w, IVPR(sources[i]));
		bits(w, IDR(sources[i]));
	}
	/* Linux overruns an array when a source with an ILR above 2 becomes
	 * active: none is, here. */
	bits(w, ILR(3));
	bits(w, ILR(200));
	wr(w, ILR(3), 0);
	wr(w, ILR(200), 0);
	for (unsigned int i = 0; i < 4; i++)
		bits(w, IPIVPR(i));
	reset(w);
}

static void cpu_bits(struct world *w, unsigned int cpu)
{
	topic("bits of CPU %u", cpu);
	for (uint32_t off = 0; off < 0x120; off += 0x10)
		bits(w, CPU(cpu) + off);
	reset(w);
}

static void messages(struct world *w)
{
	topic("messages");
	for (uint32_t n = 0; n < 8; n++) {
		wr(w, MSIIR, n << 29 | (31 - n) << 24 | 0xffffff);
		wr(w, MSIIR, n << 29 | n << 24);
		rd(w, MSISR);
		line_now(w, 224 + n);
	}
	wr(w, MSIR(0), 0);
	wr(w, MSISR, 0);
	reset(w);
	rd(w, MSISR);
	for (uint32_t n = 0; n < 8; n++) {
		rd(w, MSIR(n));
		rd(w, MSISR);
		line_now(w, 224 + n);
		rd(w, MSIR(n));
	}
	dump(w, 0x1600, 0x1820, 4);
}

static void whole(uint32_t type, unsigned int cpus)
{
	struct world w;

	world_open(&w, type, cpus);
	topic("new, %u CPUs", cpus);
	dump_all(&w);
	topic("after a reset, %u CPUs", cpus);
	reset(&w);
	dump_all(&w);
	world_close(&w);
}

static void written(uint32_t type, unsigned int cpus, uint32_t val)
{
	struct world w;

	world_open(&w, type, cpus);
	topic("%08x written everywhere, %u CPUs", val, cpus);
	write_all(&w, val);
	dump_all(&w);
	world_close(&w);
}

void client_registers(uint32_t type)
{
	static const unsigned int cpus[] = {0, 1, 2, 32};
	struct world w;

	for (unsigned int i = 0; i < 4; i++)
		whole(type, cpus[i]);
	/* Bits 7-0 are 0, 1 and 2: an ILR may not be more. */
	written(type, 2, 0);
	written(type, 0, 0x7fffff00);
	written(type, 3, 0x7fffff01);
	written(type, 32, 0x600f0002);
	world_open(&w, type, 2);
	global_bits(&w);
	timers(&w);
	source_bits(&w);
	cpu_bits(&w, 0);
	cpu_bits(&w, 2);
	cpu_bits(&w, 31);
	messages(&w);
	world_close(&w);
	/* Which bits of IDR are whose depends on how many CPUs there are. */
	for (unsigned int n = 3; n <= NR_CPUS; n += n < 14 ? 11 : 1) {
		world_open(&w, type, n);
		topic("IDR with %u CPUs", n);
		wr(&w, IDR(3), UINT32_MAX);
		rd(&w, IDR(3));
		wr(&w, IDR(3), 0x40000001);
		rd(&w, IDR(3));
		world_close(&w);
	}
}

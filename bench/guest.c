/* SPDX-License-Identifier: MIT */
/*
 * The measuring guest of scripts/bench: runs one line, or all, for a while by
 * its own counter and prints name, operations, nanoseconds. It runs on the test
 * VMM and on QEMU's virt machine, and ends by PSCI SYSTEM_OFF.
 *
 * Arguments (BOARD_ARGS): LINE|all [MILLISECONDS [whole|best [kvm|qemu [GIC VERSION]]]]
 */
#include "bench.h"

bool on_qemu;

static const struct line lines[] = {
	{"integer", run_integer, 1000, 0, 0, NULL},
	{"calls", run_calls, 1000, 0, 0, NULL},
	{"memory", run_memory, 1, 0, 0, NULL},
	{"fp", run_fp, 1000, 0, 0, NULL},
	{"fp-parallel", run_fp_parallel, 1000, 0, 0, NULL},
	{"simd", run_simd, 1000, 0, 0, NULL},
	{"rsa", run_rsa, 1, 0, 0, NULL},
	{"sve-copy", run_sve_copy, 1, NEEDS_SVE, 0, setup_sve},
	{"sve-dot", run_sve_dot, 1, NEEDS_SVE, 0, setup_sve},
	{"sve-int", run_sve_int, 1, NEEDS_SVE, 0, setup_sve},
	{"strings", run_strings, 100, 0, 0, NULL},
	{"dispatch", run_dispatch, 1, 0, 0, NULL},
	{"exceptions", run_exceptions, 1000, 0, 0, NULL},
	{"syscalls", run_syscalls, 1000, 0, 0, setup_system},
	{"page-churn", run_page_churn, 1, 0, 0, setup_system},
	{"switches", run_switches, 100, 0, 0, setup_system},
	{"hypercalls", run_hypercalls, 1000, 0, 0, NULL},
	{"ipi", run_ipi, 4, NEEDS_GICV3 | NEEDS_TWO_CPUS, 0, setup_ipi},
	{"ipi-wfi", run_ipi_wfi, 4, NEEDS_GICV3 | NEEDS_TWO_CPUS, 0, setup_ipi},
	{"timer", run_timer, 100, NEEDS_GIC, 0, setup_timer},
	{"gicv2-mmio", run_gic_mmio, 100, NEEDS_GICV2, 0, setup_gic},
	{"gicv3-mmio", run_gic_mmio, 100, NEEDS_GICV3, 0, setup_gic},
	{"mmio-exits", run_mmio_exits, 1000, 0, 1 << 19, NULL},
	{"irqfd", run_irqfd, 100, NEEDS_GICV2, 1 << 17, setup_irqfd},
	{"lpi", run_lpi, 100, NEEDS_GICV3 | NEEDS_ITS, 1 << 17, setup_lpi},
	{0},
};

static uint64_t now_ns(void)
{
	uint64_t count, f = read_sysreg(cntfrq_el0);

	isb();
	count = read_sysreg(cntvct_el0);
	return count / f * 1000000000 + count % f * 1000000000 / f;
}

struct result {
	uint64_t ops, ns;
};

static struct result run_once(const struct line *l, uint64_t rounds)
{
	struct result r;
	uint64_t t0 = now_ns();

	r.ops = l->run(rounds);
	r.ns = now_ns() - t0;
	return r;
}

/* Longer and longer until it takes @ns; @rounds is how long that was. */
static struct result run_for(const struct line *l, uint64_t ns,
			     uint64_t *rounds)
{
	uint64_t n = l->rounds;

	for (;;) {
		struct result r = run_once(l, n);

		*rounds = n;
		if (failed || r.ns >= ns || n == l->most)
			return r;
		n = r.ns < ns / 16 ? n * 8 : n * ns / r.ns + n / 8 + 1;
		if (l->most && n > l->most)
			n = l->most;
	}
}

/* Short windows, which a busy host does not all interrupt; the fastest. */
#define WINDOW_NS 2000000

static struct result run_best(const struct line *l, uint64_t ns)
{
	uint64_t rounds, end = now_ns() + ns;
	struct result best = run_for(l, WINDOW_NS, &rounds);

	while (now_ns() < end && !failed) {
		struct result r = run_once(l, rounds);

		if (r.ops * best.ns > best.ops * r.ns)
			best = r;
	}
	return best;
}

static void measure(const struct line *l, uint64_t ns, bool best)
{
	struct result r;
	uint64_t rounds;

	if (l->setup)
		l->setup();
	r = best ? run_best(l, ns) : run_for(l, ns, &rounds);
	if (!failed)
		print("%s %lu %lu\n", l->name, r.ops, r.ns);
}

static unsigned int had(void)
{
	return (boot.gic == 2 ? NEEDS_GIC | NEEDS_GICV2 : 0) |
	       (boot.gic == 3 ? NEEDS_GIC | NEEDS_GICV3 : 0) |
	       (boot.its ? NEEDS_ITS : 0) |
	       (boot.cpus > 1 ? NEEDS_TWO_CPUS : 0) |
	       (read_sysreg(id_aa64pfr0_el1) >> 32 & 15 ? NEEDS_SVE : 0);
}

/* ---- arguments ----------------------------------------------------------- */

static const char *words = (const char *)BOARD_ARGS;

/* The next, without leave to read beyond it; "": there is none. */
static const char *next_word(void)
{
	static char word[ARGS_SIZE];
	unsigned int n = 0;

	while (*words == ' ')
		words++;
	while (*words && *words != ' ' && n < sizeof(word) - 1)
		word[n++] = *words++;
	word[n] = 0;
	return word;
}

static uint64_t next_number(uint64_t none)
{
	const char *w = next_word();
	uint64_t v = 0;

	if (!*w)
		return none;
	while (*w >= '0' && *w <= '9')
		v = v * 10 + (*w++ - '0');
	return v;
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static const struct line *line_named(const char *name)
{
	for (const struct line *l = lines; l->name; l++)
		if (same(l->name, name))
			return l;
	return NULL;
}

static void end(void)
{
	if (!on_qemu)
		mmio_write(BOARD_TEST + TEST_STATUS, failed ? 1 : 0);
	hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}

void guest_main(void)
{
	const char *name = next_word();
	const struct line *one = line_named(name);
	bool all = !*name || same(name, "all");
	uint64_t ns = next_number(300) * 1000000;
	bool best = same(next_word(), "best");

	on_qemu = same(next_word(), "qemu");
	if (on_qemu) {
		boot.gic = next_number(3);
		boot.its = boot.gic == 3;
		boot.cpus = 2;
	}
	CHECK(one || all);
	for (const struct line *l = lines; l->name; l++)
		if (all ? !(l->needs & ~had()) : l == one)
			measure(l, ns, best);
	end();
}

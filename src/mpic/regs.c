/* SPDX-License-Identifier: MIT */
/*
 * The registers of an MPIC as rows: six blocks within 256 KiB, 32 bits every 16
 * bytes. What a register is, its bits and its reset value are those of Linux's
 * model; docs/mpic.md says where that is not the manual's.
 *
 * Locks: mpic->lock is held.
 */
#include <errno.h>

#include "mpic/mpic-internal.h"

static struct mpic_access *access_of(struct mmio_access *a)
{
	return container_of(a, struct mpic_access, m);
}

static struct mpic *mpic_of(struct mmio_access *a)
{
	return access_of(a)->mpic;
}

static uint64_t read_zero(struct mmio_access *a)
{
	return 0;
}

static uint64_t read_ones(struct mmio_access *a)
{
	return MPIC_UNTOUCHED;
}

static void write_ignored(struct mmio_access *a, uint64_t val)
{
}

/* ---- global -------------------------------------------------------------- */

static uint64_t read_brr1(struct mmio_access *a)
{
	return mpic_of(a)->model->brr1;
}

/* Without any CPU the number of CPUs, minus 1, fills the register. */
static uint64_t read_frr(struct mmio_access *a)
{
	return mpic_of(a)->model->frr | (mpic_of(a)->nr_cpus - 1) << 8;
}

static uint64_t read_gcr(struct mmio_access *a)
{
	return mpic_of(a)->gcr;
}

static void write_gcr(struct mmio_access *a, uint64_t val)
{
	struct mpic *m = mpic_of(a);

	if (val & GCR_RESET)
		mpic_reset(m);
	else
		m->gcr = val & m->model->gcr_mask;
}

static uint64_t read_ipivpr(struct mmio_access *a)
{
	return mpic_of(a)->source[MPIC_IPI0 + a->index].ivpr;
}

static void write_ipivpr(struct mmio_access *a, uint64_t val)
{
	mpic_write_ivpr(mpic_of(a), MPIC_IPI0 + a->index, val);
}

static uint64_t read_svr(struct mmio_access *a)
{
	return mpic_of(a)->svr;
}

static void write_svr(struct mmio_access *a, uint64_t val)
{
	mpic_of(a)->svr = val & IVPR_VECTOR;
}

static uint64_t read_tfrr(struct mmio_access *a)
{
	return mpic_of(a)->tfrr;
}

static void write_tfrr(struct mmio_access *a, uint64_t val)
{
	mpic_of(a)->tfrr = val;
}

/* ---- a CPU's: its own, and those of each one ----------------------------- */

static bool no_cpu(const struct mmio_access *a)
{
	return a->bank >= MPIC_NR_CPUS;
}

static void write_ipidr(struct mmio_access *a, uint64_t val)
{
	if (!no_cpu(a))
		mpic_send_ipi(mpic_of(a), a->index, val);
}

static uint64_t read_ctpr(struct mmio_access *a)
{
	return no_cpu(a) ? MPIC_UNTOUCHED : mpic_of(a)->cpu[a->bank].ctpr;
}

static void write_ctpr(struct mmio_access *a, uint64_t val)
{
	if (!no_cpu(a))
		mpic_write_ctpr(mpic_of(a), a->bank, val);
}

static uint64_t read_whoami(struct mmio_access *a)
{
	return no_cpu(a) ? MPIC_UNTOUCHED : a->bank;
}

static uint64_t read_iack(struct mmio_access *a)
{
	return no_cpu(a) ? MPIC_UNTOUCHED
			 : mpic_acknowledge(mpic_of(a), a->bank, !a->user);
}

static uint64_t read_eoi(struct mmio_access *a)
{
	return no_cpu(a) ? MPIC_UNTOUCHED : 0;
}

static void write_eoi(struct mmio_access *a, uint64_t val)
{
	if (!no_cpu(a))
		access_of(a)->ended = mpic_end(mpic_of(a), a->bank, !a->user);
}

/* ---- timers, which never count ------------------------------------------- */

/* Linux decodes reads of these 0x10 below writes: what is read is the register
 * that follows, so the rows' hooks do not match on purpose. */

static unsigned int timer_of(const struct mmio_access *a)
{
	return a->bank % MPIC_NR_TIMERS;
}

static uint64_t read_tbcr(struct mmio_access *a)
{
	return mpic_of(a)->tbcr[timer_of(a)];
}

static void write_tbcr(struct mmio_access *a, uint64_t val)
{
	mpic_of(a)->tbcr[timer_of(a)] = val;
}

static uint64_t read_tvpr(struct mmio_access *a)
{
	return mpic_of(a)->source[MPIC_TIMER0 + timer_of(a)].ivpr;
}

static void write_tvpr(struct mmio_access *a, uint64_t val)
{
	mpic_write_ivpr(mpic_of(a), MPIC_TIMER0 + timer_of(a), val);
}

static uint64_t read_tdr(struct mmio_access *a)
{
	return mpic_of(a)->source[MPIC_TIMER0 + timer_of(a)].idr;
}

static void write_tdr(struct mmio_access *a, uint64_t val)
{
	mpic_write_idr(mpic_of(a), MPIC_TIMER0 + timer_of(a), val);
}

static uint64_t read_next_tccr(struct mmio_access *a)
{
	return 0;
}

/* ---- message-signalled interrupts ---------------------------------------- */

static uint64_t read_msir(struct mmio_access *a)
{
	struct mpic *m = mpic_of(a);
	uint32_t val = m->msir[a->index];

	m->msir[a->index] = 0;
	mpic_set_source(m, MPIC_MSI0 + a->index, 0);
	return val;
}

static uint64_t read_msisr(struct mmio_access *a)
{
	uint32_t val = 0;

	for (unsigned int i = 0; i < MPIC_NR_MSIS; i++)
		val |= (mpic_of(a)->msir[i] ? 1u : 0) << i;
	return val;
}

static void write_msiir(struct mmio_access *a, uint64_t val)
{
	mpic_send_msi(mpic_of(a), val);
}

/* ---- sources ------------------------------------------------------------- */

static uint64_t read_ivpr(struct mmio_access *a)
{
	return mpic_of(a)->source[a->bank].ivpr;
}

static void write_ivpr(struct mmio_access *a, uint64_t val)
{
	mpic_write_ivpr(mpic_of(a), a->bank, val);
}

static uint64_t read_idr(struct mmio_access *a)
{
	return mpic_of(a)->source[a->bank].idr;
}

static void write_idr(struct mmio_access *a, uint64_t val)
{
	mpic_write_idr(mpic_of(a), a->bank, val);
}

static uint64_t read_ilr(struct mmio_access *a)
{
	const struct mpic *m = mpic_of(a);

	return m->model->idr_critical ? MPIC_UNTOUCHED
				      : m->source[a->bank].output;
}

static void write_ilr(struct mmio_access *a, uint64_t val)
{
	struct mpic *m = mpic_of(a);

	if (!m->model->idr_critical)
		m->source[a->bank].output = val & 0xff;
}

/* ---- the tables ---------------------------------------------------------- */

/* clang-format off */
#define CPU_ROWS \
	{ 0x40, 0x40, .stride = 0x10, .flags = MMIO_W32, \
	  .read = read_ones, .write = write_ipidr, .name = "IPIDR" }, \
	{ 0x80, 4, .flags = MMIO_W32, \
	  .read = read_ctpr, .write = write_ctpr, .name = "CTPR" }, \
	{ 0x90, 4, .flags = MMIO_W32, \
	  .read = read_whoami, .write = write_ignored, .name = "WHOAMI" }, \
	{ 0xa0, 4, .flags = MMIO_W32, \
	  .read = read_iack, .write = write_ignored, .name = "IACK" }, \
	{ 0xb0, 4, .flags = MMIO_W32, \
	  .read = read_eoi, .write = write_eoi, .name = "EOI" }

static const struct mmio_reg global_rows[] = {
	{ 0x0000, 4, .flags = MMIO_W32,
	  .read = read_brr1, .write = write_ignored, .name = "BRR1" },
	CPU_ROWS,
	{ 0x1000, 4, .flags = MMIO_W32,
	  .read = read_frr, .write = write_ignored, .name = "FRR" },
	{ 0x1020, 4, .flags = MMIO_W32,
	  .read = read_gcr, .write = write_gcr, .name = "GCR" },
	{ 0x1080, 4, .flags = MMIO_W32,
	  .read = read_zero, .write = write_ignored, .name = "VIR" },
	/* Resets cores: who writes it is the VMM's to serve. */
	{ 0x1090, 4, .flags = MMIO_W32 | MMIO_NO_WRITE,
	  .read = read_zero, .name = "PIR" },
	{ 0x10a0, 0x40, .stride = 0x10, .flags = MMIO_W32,
	  .read = read_ipivpr, .write = write_ipivpr, .name = "IPIVPR" },
	{ 0x10e0, 4, .flags = MMIO_W32,
	  .read = read_svr, .write = write_svr, .name = "SVR" },
	{ 0x10f0, 4, .flags = MMIO_W32,
	  .read = read_tfrr, .write = write_tfrr, .name = "TFRR" },
};

static const struct mmio_reg timer_rows[] = {
	{ 0x00, 4, .flags = MMIO_W32,
	  .read = read_tbcr, .write = write_ignored, .name = "TCCR" },
	{ 0x10, 4, .flags = MMIO_W32,
	  .read = read_tvpr, .write = write_tbcr, .name = "TBCR" },
	{ 0x20, 4, .flags = MMIO_W32,
	  .read = read_tdr, .write = write_tvpr, .name = "TVPR" },
	{ 0x30, 4, .flags = MMIO_W32,
	  .read = read_next_tccr, .write = write_tdr, .name = "TDR" },
};

static const struct mmio_reg msi_rows[] = {
	{ 0x000, 0x80, .stride = 0x10, .flags = MMIO_W32,
	  .read = read_msir, .write = write_ignored, .name = "MSIR" },
	{ 0x120, 4, .flags = MMIO_W32,
	  .read = read_msisr, .write = write_ignored, .name = "MSISR" },
	{ 0x140, 4, .flags = MMIO_W32,
	  .read = read_zero, .write = write_msiir, .name = "MSIIR" },
};

static const struct mmio_reg source_rows[] = {
	{ 0x00, 4, .flags = MMIO_W32,
	  .read = read_ivpr, .write = write_ivpr, .name = "IVPR" },
	{ 0x10, 4, .flags = MMIO_W32,
	  .read = read_idr, .write = write_idr, .name = "IDR" },
	{ 0x18, 4, .flags = MMIO_W32,
	  .read = read_ilr, .write = write_ilr, .name = "ILR" },
};

static const struct mmio_reg cpu_rows[] = { CPU_ROWS };

static const struct mmio_regs global_regs = {
	.name = "MPIC", .row = global_rows, .nr = ARRAY_SIZE(global_rows) };
static const struct mmio_regs timer_regs = {
	.name = "MPIC timer", .row = timer_rows, .nr = ARRAY_SIZE(timer_rows),
	.off = 0x1100, .stride = 0x40, .count = 9 };
static const struct mmio_regs msi_regs = {
	.name = "MPIC MSI", .row = msi_rows, .nr = ARRAY_SIZE(msi_rows),
	.off = 0x1600 };
static const struct mmio_regs source_regs = {
	.name = "MPIC source", .row = source_rows,
	.nr = ARRAY_SIZE(source_rows),
	.off = 0x10000, .stride = 0x20, .count = MPIC_NR_PINS };
static const struct mmio_regs cpu_regs = {
	.name = "MPIC CPU", .row = cpu_rows, .nr = ARRAY_SIZE(cpu_rows),
	.off = 0x20000, .stride = 0x1000, .count = MPIC_NR_CPUS };

const struct mpic_block mpic_blocks[] = {
	{ .off = 0x00000, .size = 0x1100, .regs = &global_regs },
	{ .off = 0x01100, .size = 0x210, .regs = &timer_regs },
	{ .off = 0x01600, .size = 0x200, .regs = &msi_regs,
	  .zero = true, .sparse = true },
	/* EISR, EIMR and the like */
	{ .off = 0x03800, .size = 0x800, .zero = true },
	{ .off = 0x10000, .size = 0x2000, .regs = &source_regs },
	{ .off = 0x20000, .size = 0x1f100, .regs = &cpu_regs },
};
/* clang-format on */

const unsigned int mpic_nr_blocks = ARRAY_SIZE(mpic_blocks);

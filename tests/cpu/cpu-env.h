/* SPDX-License-Identifier: MIT */
/*
 * For the tests of src/cpu: one PE with flat guest memory and page tables that
 * the test builds.
 *
 * Guest physical map: RAM at RAM_BASE, a read-only page at ROM_BASE, nothing
 * elsewhere below IPA_LIMIT. The first pages of RAM hold code, the last
 * quarter is for page tables.
 */
#ifndef FAUXKVM_TESTS_CPU_ENV_H
#define FAUXKVM_TESTS_CPU_ENV_H

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/mmu-internal.h"
#include "cpu/sysreg.h"
#include "engines.h"
#include "tests/a64.h"
#include "tests/check-often.h"
#include "tests/tsan.h"

#define RAM_BASE  UINT64_C(0x40000000)
#define RAM_SIZE  UINT64_C(0x02000000)
#define ROM_BASE  UINT64_C(0x50000000)
#define IPA_LIMIT (UINT64_C(1) << 40)
#define CODE_PA   RAM_BASE
#define DATA_PA   (RAM_BASE + 0x100000)
#define TABLE_PA  (RAM_BASE + RAM_SIZE / 4 * 3)

/* ---- the PE -------------------------------------------------------------- */

struct env {
	struct cpu cpu;
	struct cpu_domain *dom;
	uint8_t *ram;
	gpa_t table_next;
	unsigned int pages_asked; /* calls of env_page */
	gpa_t more_ram;           /* a page that is RAM, too; 0: none */
	uint64_t regs[4];         /* what env_sysreg_* keeps */
	uint32_t last_enc;
	bool sysreg_undef;
	bool sysreg_empty;  /* a read has CPU_SYSREG_EMPTY */
	uint32_t read_pins; /* if not 0: the pins that a read leaves */
};

/* Shared by several PEs in the domain test. */
static uint8_t *env_ram;
static uint8_t *env_rom;

static int env_page(struct cpu *cpu, gpa_t gpa, bool write,
		    struct cpu_page *page)
{
	struct env *e = cpu->opaque;

	e->pages_asked++;
	if (gpa >= RAM_BASE && gpa < RAM_BASE + RAM_SIZE) {
		page->host = e->ram + (gpa - RAM_BASE);
		page->writable = true;
		return 0;
	}
	if (e->more_ram && gpa == e->more_ram) {
		page->host = e->ram;
		page->writable = true;
		return 0;
	}
	if (gpa >= ROM_BASE && gpa < ROM_BASE + 0x1000) {
		page->host = env_rom;
		page->writable = false;
		return 0;
	}
	return -ENOENT;
}

static enum cpu_sysreg_result env_sysreg_read(struct cpu *cpu, uint32_t enc,
					      uint64_t *val)
{
	struct env *e = cpu->opaque;

	e->last_enc = enc;
	*val = e->regs[enc & 3];
	if (e->read_pins)
		cpu_set_pins(cpu, e->read_pins);
	if (e->sysreg_empty)
		return CPU_SYSREG_EMPTY;
	return e->sysreg_undef ? CPU_SYSREG_UNDEF : CPU_SYSREG_OK;
}

static enum cpu_sysreg_result env_sysreg_write(struct cpu *cpu, uint32_t enc,
					       uint64_t val)
{
	struct env *e = cpu->opaque;

	e->last_enc = enc;
	e->regs[enc & 3] = val;
	return e->sysreg_undef ? CPU_SYSREG_UNDEF : CPU_SYSREG_OK;
}

static const struct cpu_env env_ops = {
	.page = env_page,
	.sysreg_read = env_sysreg_read,
	.sysreg_write = env_sysreg_write,
	.ipa_limit = IPA_LIMIT,
};

static inline struct env *env_new(struct cpu_domain *dom)
{
	struct env *e = aligned_alloc(64, ALIGN_UP(sizeof(*e), 64));

	ck_assert_ptr_nonnull(e);
	memset(e, 0, sizeof(*e));
	/* New pages: to write zeroes into all of it takes longer than most tests. */
	env_ram = mmap(env_ram, RAM_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | (env_ram ? MAP_FIXED : 0),
		       -1, 0);
	ck_assert_ptr_ne(env_ram, MAP_FAILED);
	if (!env_rom) {
		env_rom = aligned_alloc(4096, 4096);
		ck_assert_ptr_nonnull(env_rom);
		tsan_guest_memory(env_ram, RAM_SIZE);
		memset(env_rom, 0x5a, 4096);
	}
	e->ram = env_ram;
	e->dom = dom;
	e->table_next = TABLE_PA;
	ck_assert_int_eq(cpu_init(&e->cpu, dom, &env_ops, e), 0);
	engine_choose(&e->cpu);
	return e;
}

static inline void env_free(struct env *e)
{
	cpu_destroy(&e->cpu);
	free(e);
}

static inline void *ram_at(struct env *e, gpa_t pa)
{
	CHECK_OFTEN(pa >= RAM_BASE && pa < RAM_BASE + RAM_SIZE);
	return e->ram + (pa - RAM_BASE);
}

static inline void ram_put(struct env *e, gpa_t pa, uint64_t val)
{
	memcpy(ram_at(e, pa), &val, sizeof(val));
}

static inline uint64_t ram_get(struct env *e, gpa_t pa)
{
	uint64_t val;

	memcpy(&val, ram_at(e, pa), sizeof(val));
	return val;
}

/* ---- running code -------------------------------------------------------- */

/* Put words at @pa; decoded blocks of that memory are dropped. */
#define CODE(e, pa, ...)                                       \
	do {                                                   \
		const uint32_t words_[] = {__VA_ARGS__};       \
		memcpy(ram_at(e, pa), words_, sizeof(words_)); \
		block_invalidate_all(&(e)->cpu);               \
	} while (0)

static inline enum cpu_exit_reason run_at(struct env *e, uint64_t pc)
{
	e->cpu.pc = pc;
	return cpu_run(&e->cpu);
}

#define PSTATE_EL0t 0x000
#define PSTATE_EL1t 0x004
#define PSTATE_EL1h 0x005
#define PSTATE_DAIF 0x3c0

/* Vectors that leave by HVC #0x100 and their number. */
#define VECTORS (CODE_PA + 0x10000)

static inline void vectors_put(struct env *e)
{
	for (unsigned int v = 0; v < 16; v++) {
		uint32_t word = ASM_HVC(0x100 + v);

		memcpy(ram_at(e, VECTORS + v * 0x80), &word, 4);
	}
	e->cpu.sys.vbar_el1 = VECTORS;
	block_invalidate_all(&e->cpu);
}

/* The number of the vector an exit by HVC came from, -1 if none. */
static inline int exit_vector(struct env *e)
{
	ck_assert_int_eq(e->cpu.exit.reason, CPU_EXIT_HVC);
	return e->cpu.exit.imm16 >= 0x100 ? e->cpu.exit.imm16 - 0x100 : -1;
}

/* ---- translation --------------------------------------------------------- */

#define ATTR_NORMAL 0 /* MAIR index */
#define ATTR_DEVICE 1
#define PTE_ATTR(n) ((uint64_t)(n) << 2)
#define PTE_AP(n)   ((uint64_t)(n) << 6)
#define PTE_AF      BIT(10)
#define PTE_NG      BIT(11)
#define PTE_PXN     BIT(53)
#define PTE_UXN     BIT(54)
#define PTE_SH      (UINT64_C(3) << 8)
#define PTE_DEFAULT (PTE_AF | PTE_SH | PTE_ATTR(ATTR_NORMAL))
#define TEST_MAIR   UINT64_C(0x00000000000000ff)

#define TCR_T0SZ(n) ((uint64_t)(n))
#define TCR_T1SZ(n) ((uint64_t)(n) << 16)
#define TCR_EPD0    BIT(7)
#define TCR_EPD1    BIT(23)
#define TCR_A1      BIT(22)
#define TCR_AS      BIT(36)
#define TCR_TBI0    BIT(37)
#define TCR_TBI1    BIT(38)
#define TCR_IPS(n)  ((uint64_t)(n) << 32)
/* 4 KiB pages, 48 bits in and out, 16-bit ASIDs. */
#define TCR_4K                                                            \
	(TCR_T0SZ(16) | TCR_T1SZ(16) | (UINT64_C(2) << 30) | TCR_IPS(5) | \
	 TCR_AS)

struct space {
	unsigned int granule, in_bits;
	gpa_t root;
};

static inline gpa_t table_alloc(struct env *e, uint64_t size)
{
	gpa_t pa = ALIGN_UP(e->table_next, size);

	e->table_next = pa + size;
	ck_assert(e->table_next <= RAM_BASE + RAM_SIZE);
	memset(ram_at(e, pa), 0, size);
	return pa;
}

static inline unsigned int space_level(const struct space *s)
{
	unsigned int stride = s->granule - 3;

	return 4 - (s->in_bits - s->granule + stride - 1) / stride;
}

static inline struct space space_new(struct env *e, unsigned int granule,
				     unsigned int in_bits)
{
	struct space s = {granule, in_bits, 0};

	s.root = table_alloc(e, BIT(granule));
	return s;
}

/* Where the descriptor of @va at @level is, making tables on the way. */
static inline gpa_t space_entry(struct env *e, const struct space *s, gva_t va,
				unsigned int level)
{
	unsigned int stride = s->granule - 3;
	gpa_t table = s->root;

	va &= GENMASK(s->in_bits - 1, 0);
	for (unsigned int l = space_level(s);; l++) {
		unsigned int lg = s->granule + stride * (3 - l);
		uint64_t index = va >> lg;
		gpa_t entry;

		if (l != space_level(s))
			index &= BIT(stride) - 1;
		entry = table + index * 8;
		if (l == level)
			return entry;
		if (!ram_get(e, entry))
			ram_put(e, entry, table_alloc(e, BIT(s->granule)) | 3);
		table = ram_get(e, entry) & GENMASK(47, s->granule);
	}
}

static inline void space_map(struct env *e, const struct space *s, gva_t va,
			     gpa_t pa, unsigned int level, uint64_t attrs)
{
	ram_put(e, space_entry(e, s, va, level),
		pa | attrs | (level == 3 ? 3 : 1));
}

static inline void set_sys(struct env *e, uint32_t enc, uint64_t val)
{
	cpu_sysreg_set(&e->cpu, enc, val);
}

/* MMU on with 4 KiB granule, both halves; code page mapped flat at EL1. */
static inline void mmu_on(struct env *e, struct space *lo, struct space *hi)
{
	*lo = space_new(e, 12, 48);
	*hi = space_new(e, 12, 48);
	set_sys(e, ENC_MAIR, TEST_MAIR);
	set_sys(e, ENC_TCR, TCR_4K);
	set_sys(e, ENC_TTBR0, lo->root);
	set_sys(e, ENC_TTBR1, hi->root);
	/* Code is in reach of EL1 only, 2 MiB, never written through it. */
	space_map(e, lo, CODE_PA, CODE_PA, 2, PTE_DEFAULT | PTE_AP(2));
	set_sys(e, ENC_SCTLR, e->cpu.sys.sctlr_el1 | 1);
	vectors_put(e);
}

static inline void flush(struct env *e)
{
	tlb_flush_all(&e->cpu);
}

static inline void go_el0(struct env *e)
{
	cpu_set_pstate(&e->cpu, 0);
}

static inline void go_el1(struct env *e)
{
	cpu_set_pstate(&e->cpu, 0x3c5);
}

/* One data access as a body would do it, of an instruction at CODE_PA. */
static inline bool access_at(struct env *e, gva_t va, uint32_t ma, void *buf)
{
	static const struct insn insn = {.pgoff = 0, .rd = 1};

	e->cpu.page_va = CODE_PA;
	e->cpu.sys.esr_el1 = 0;
	e->cpu.sys.far_el1 = 0;
	e->cpu.leave = false;
	return ma & MA_WRITE ? mem_write_slow(&e->cpu, &insn, va, ma, buf)
			     : mem_read_slow(&e->cpu, &insn, va, ma, buf);
}

static inline unsigned int esr_ec(const struct env *e)
{
	return e->cpu.sys.esr_el1 >> 26;
}

static inline uint32_t esr_iss(const struct env *e)
{
	return e->cpu.sys.esr_el1 & 0x1ffffff;
}

#endif

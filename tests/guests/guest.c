/* SPDX-License-Identifier: MIT */
/*
 * Runtime of guest programs: console, checks, exceptions, identity map, PSCI.
 */
#include <stdarg.h>

#include "guest.h"

struct boot_info boot;
unsigned int passed, failed;
struct trap trap;
void (*irq_hook)(struct frame *f);
bool (*sync_hook)(struct frame *f);
uint64_t identity_l1[512] __attribute__((aligned(4096)));

void secondary_start(void);
void guest_start(uint64_t cpus, uint64_t gic, uint64_t resets, uint64_t its,
		 uint64_t tcg, uint64_t irqs);
void guest_secondary(uint64_t index);
void guest_exception(struct frame *f);

/* ---- console ------------------------------------------------------------- */

static void put_char(char c)
{
	__asm__ volatile("strb %w0, [%1]" ::"r"(c), "r"((uint64_t)BOARD_CONSOLE)
			 : "memory");
}

static void put_number(uint64_t v, unsigned int base)
{
	char buf[24];
	unsigned int n = 0;

	do
		buf[n++] = "0123456789abcdef"[v % base];
	while (v /= base);
	while (n)
		put_char(buf[--n]);
}

/* %s %u %x, with l for 64 bits. */
void print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	for (; *fmt; fmt++) {
		bool wide = false;

		if (*fmt != '%') {
			put_char(*fmt);
			continue;
		}
		if (*++fmt == 'l') {
			wide = true;
			fmt++;
		}
		if (*fmt == 's') {
			for (const char *s = va_arg(ap, const char *); *s; s++)
				put_char(*s);
		} else {
			put_number(wide ? va_arg(ap, uint64_t)
					: va_arg(ap, unsigned int),
				   *fmt == 'x' ? 16 : 10);
		}
	}
	va_end(ap);
}

void finish(unsigned int status)
{
	mmio_write(BOARD_TEST + TEST_EXIT, status);
	for (;;)
		wfi();
}

void report(void)
{
	print("%u passed, %u failed\n", passed, failed);
	finish(failed ? 1 : passed ? 0 : 3);
}

void check_at(bool ok, const char *what, int line)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	print("FAILED line %u: %s\n", (unsigned int)line, what);
}

void check_eq_at(uint64_t got, uint64_t want, const char *what, int line)
{
	if (got == want) {
		passed++;
		return;
	}
	failed++;
	print("FAILED line %u: %s is 0x%lx, not 0x%lx\n", (unsigned int)line,
	      what, got, want);
}

/* ---- exceptions ---------------------------------------------------------- */

void trap_on(uint64_t resume)
{
	trap.count = 0;
	trap.esr = trap.far = trap.elr = trap.vector = ~0ul;
	trap.resume = resume;
	__asm__ volatile("" ::: "memory");
	trap.armed = true;
	__asm__ volatile("" ::: "memory");
}

unsigned int trap_off(void)
{
	__asm__ volatile("" ::: "memory");
	trap.armed = false;
	return trap.count ? ESR_EC(trap.esr) : 0xff;
}

static void leave_el0(struct frame *f)
{
	f->elr = (uint64_t)el0_leave;
	f->spsr = 0x3c5;
}

static void trap_taken(struct frame *f)
{
	trap.count++;
	trap.esr = f->esr;
	trap.far = f->far;
	trap.elr = f->elr;
	trap.spsr = f->spsr;
	trap.vector = f->vector;
	if ((f->spsr & 0xf) == 0) {
		leave_el0(f);
		return;
	}
	if (trap.resume)
		f->elr = trap.resume;
	else if (ESR_EC(f->esr) != EC_SVC)
		f->elr += 4;
	f->spsr &= ~(1ul << 20); /* IL */
}

void guest_exception(struct frame *f)
{
	if ((f->vector & 3) == 1 && irq_hook) {
		irq_hook(f);
		return;
	}
	if ((f->vector & 3) == 0) {
		if (sync_hook && sync_hook(f))
			return;
		if (f->vector == 8 && ESR_EC(f->esr) == EC_SVC &&
		    ESR_ISS(f->esr) == 0x7e) {
			leave_el0(f);
			return;
		}
		if (trap.armed) {
			trap_taken(f);
			return;
		}
	}
	print("unexpected exception: vector %u esr 0x%lx elr 0x%lx far 0x%lx "
	      "spsr 0x%lx cpu %u\n",
	      (unsigned int)f->vector, f->esr, f->elr, f->far, f->spsr,
	      cpu_index());
	finish(2);
}

/* ---- memory -------------------------------------------------------------- */

extern char free_memory[];
static uint64_t next_free;

void *alloc64k(size_t n)
{
	uint64_t p;

	if (!next_free)
		next_free = ((uint64_t)free_memory + 0xffff) & ~0xfffful;
	p = next_free;
	next_free += (n + 0xffff) & ~0xfffful;
	for (uint64_t *w = (uint64_t *)p; (uint64_t)w < next_free; w++)
		*w = 0;
	return (void *)p;
}

void mmu_on(void)
{
	identity_l1[0] = PTE_BLOCK | PTE_DEVICE | PTE_AF | PTE_UXN | PTE_PXN;
	identity_l1[1] = 1ul << 30 | PTE_BLOCK | PTE_NORMAL | PTE_INNER |
			 PTE_AF | PTE_UXN;
	/* 0: write-back, 1: Device-nGnRE, 2: non-cacheable */
	write_sysreg(mair_el1, 0x4404ff);
	write_sysreg(tcr_el1, TCR_BASE);
	write_sysreg(ttbr0_el1, (uint64_t)identity_l1);
	dsb();
	tlbi_all();
	write_sysreg(sctlr_el1, 0x30d01804 | 1);
	isb();
}

static uint64_t user_l2[512] __attribute__((aligned(4096)));

void map_user(void)
{
	for (unsigned int i = 0; i < 512; i++)
		user_l2[i] = (0x40000000ul + i * 0x200000ul) | PTE_BLOCK |
			     PTE_NORMAL | PTE_INNER | PTE_AF | PTE_USER |
			     PTE_PXN;
	identity_l1[2] = (uint64_t)user_l2 | PTE_TABLE;
	tlbi_all();
}

void sync_code(void *p, size_t n)
{
	for (uint64_t a = (uint64_t)p & ~63ul; a < (uint64_t)p + n; a += 64)
		__asm__ volatile("dc cvau, %0" ::"r"(a) : "memory");
	__asm__ volatile("dsb ish" ::: "memory");
	for (uint64_t a = (uint64_t)p & ~63ul; a < (uint64_t)p + n; a += 64)
		__asm__ volatile("ic ivau, %0" ::"r"(a) : "memory");
	__asm__ volatile("dsb ish; isb" ::: "memory");
}

/* ---- PSCI and CPUs ------------------------------------------------------- */

int64_t hvc(uint64_t fn, uint64_t a1, uint64_t a2, uint64_t a3)
{
	register uint64_t x0 __asm__("x0") = fn;
	register uint64_t x1 __asm__("x1") = a1;
	register uint64_t x2 __asm__("x2") = a2;
	register uint64_t x3 __asm__("x3") = a3;

	__asm__ volatile("hvc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"memory",
			   "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
			   "x12", "x13", "x14", "x15", "x16", "x17");
	return (int64_t)x0;
}

int64_t cpu_on(unsigned int index)
{
	dsb();
	return hvc(PSCI_CPU_ON, index, (uint64_t)secondary_start, index);
}

unsigned int cpu_index(void)
{
	return read_sysreg(mpidr_el1) & 0xff;
}

uint64_t now_ms(void)
{
	isb();
	return read_sysreg(cntvct_el0) / (read_sysreg(cntfrq_el0) / 1000);
}

__attribute__((weak)) void guest_cpu(unsigned int index)
{
	(void)index;
}

void guest_secondary(uint64_t index)
{
	mmu_on();
	guest_cpu(index);
	hvc(PSCI_CPU_OFF, 0, 0, 0);
	for (;;)
		wfi();
}

void guest_start(uint64_t cpus, uint64_t gic, uint64_t resets, uint64_t its,
		 uint64_t tcg, uint64_t irqs)
{
	mmu_on();
	boot.cpus = cpus;
	boot.gic = gic;
	boot.resets = resets;
	boot.its = its;
	boot.tcg = tcg;
	boot.irqs = irqs;
	guest_main();
	report();
}

/* SPDX-License-Identifier: MIT */
/*
 * What every guest program uses: console, checks, exceptions, page tables,
 * PSCI. A program defines guest_main() and ends by returning from it.
 */
#ifndef FAUXKVM_TESTS_GUEST_H
#define FAUXKVM_TESTS_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/vmm/board.h"

struct frame { /* start.S knows the layout */
	uint64_t x[31];
	uint64_t sp_el0, elr, spsr, esr, far, vector, pad;
};

struct boot_info {
	unsigned int cpus, gic, resets, its, irqs;
	bool tcg; /* the host's CPU is QEMU's TCG: see --tcg in vmm.c */
};
extern struct boot_info boot;

/* The program. MMU on with the identity map, interrupts masked. */
void guest_main(void);
/* A CPU that cpu_on() started, MMU on; default: power off. */
void guest_cpu(unsigned int index);

/* ---- registers and memory ------------------------------------------------ */

#define read_sysreg(name)                                                \
	({                                                               \
		uint64_t v_;                                             \
		__asm__ volatile("mrs %0, " #name : "=r"(v_)::"memory"); \
		v_;                                                      \
	})
#define write_sysreg(name, val)                                     \
	__asm__ volatile("msr " #name ", %0" ::"r"((uint64_t)(val)) \
			 : "memor"                                  \
			   "y")
#define isb() __asm__ volatile("isb" ::: "memory")
#define dsb() __asm__ volatile("dsb sy" ::: "memory")
#define wfi() __asm__ volatile("wfi" ::: "memory")

/* Plain instructions, so that MMIO has a syndrome. */
static inline uint32_t mmio_read(uint64_t a)
{
	uint32_t v;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(v) : "r"(a) : "memory");
	return v;
}

static inline void mmio_write(uint64_t a, uint32_t v)
{
	__asm__ volatile("str %w0, [%1]" ::"r"(v), "r"(a) : "memory");
}

static inline uint64_t mmio_read64(uint64_t a)
{
	uint64_t v;

	__asm__ volatile("ldr %0, [%1]" : "=r"(v) : "r"(a) : "memory");
	return v;
}

static inline void mmio_write64(uint64_t a, uint64_t v)
{
	__asm__ volatile("str %0, [%1]" ::"r"(v), "r"(a) : "memory");
}

/* ---- console and checks -------------------------------------------------- */

void print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Ends the VM with @status. */
void finish(unsigned int status) __attribute__((noreturn));
/* Prints the count; ends. */
void report(void) __attribute__((noreturn));

extern unsigned int passed, failed;
void check_at(bool ok, const char *what, int line);
void check_eq_at(uint64_t got, uint64_t want, const char *what, int line);
#define CHECK(cond)         check_at(cond, #cond, __LINE__)
#define CHECK_EQ(got, want) check_eq_at(got, want, #got, __LINE__)

/* ---- exceptions ---------------------------------------------------------- */

enum {
	EC_UNKNOWN = 0,
	EC_WFX = 1,
	EC_FP = 7,
	EC_ILLEGAL = 0xe,
	EC_SVC = 0x15,
	EC_SYSREG = 0x18,
	EC_IABT_LOW = 0x20,
	EC_IABT = 0x21,
	EC_PC_ALIGN = 0x22,
	EC_DABT_LOW = 0x24,
	EC_DABT = 0x25,
	EC_SP_ALIGN = 0x26,
	EC_BP_LOW = 0x30,
	EC_BP = 0x31,
	EC_SS_LOW = 0x32,
	EC_SS = 0x33,
	EC_WP_LOW = 0x34,
	EC_WP = 0x35,
	EC_BRK = 0x3c,
};
#define ESR_EC(esr)  ((esr) >> 26 & 0x3f)
#define ESR_ISS(esr) ((esr)&0x1ffffff)
/* ISS.DFSC/IFSC */
#define FSC_TRANS(l) (4 + (l))
#define FSC_FLAG(l)  (8 + (l))
#define FSC_PERM(l)  (12 + (l))
#define FSC_EXTERNAL 0x10
#define FSC_ALIGN    0x21

/* The last synchronous exception that trap_on() let pass. */
struct trap {
	bool armed;
	unsigned int count;
	uint64_t resume; /* where to go on; 0: the next instruction */
	uint64_t esr, far, elr, spsr, vector;
};
extern struct trap trap;
void trap_on(uint64_t resume);
/* The exception class of the exception since trap_on(), 0xff: none. */
unsigned int trap_off(void);

/* Call @target with the trap on: an exception comes back here too. */
static inline uint64_t trap_call(uint64_t target)
{
	register uint64_t x0 __asm__("x0") = 0;

	trap_on(0);
	__asm__ volatile("adr x9, 1f\n str x9, %1\n blr %2\n1:"
			 : "+r"(x0), "=m"(trap.resume)
			 : "r"(target)
			 : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9",
			   "x10", "x11", "x12", "x13", "x14", "x15", "x16",
			   "x17", "x30", "cc", "memory");
	return x0;
}

/* Called for IRQs (vector & 3 == 1); and for other exceptions when the trap
 * isn't armed: true if it handled them. */
extern void (*irq_hook)(struct frame *f);
extern bool (*sync_hook)(struct frame *f);

uint64_t call_el0(uint64_t (*code)(uint64_t), uint64_t arg, uint64_t sp,
		  uint64_t ret);
void el0_leave(void);
extern char el0_return[];

static inline void irq_on(void)
{
	__asm__ volatile("msr daifclr, #2" ::: "memory");
}

static inline void irq_off(void)
{
	__asm__ volatile("msr daifset, #2" ::: "memory");
}

/* ---- memory management --------------------------------------------------- */

#define PTE_VALID    1ul
#define PTE_TABLE    3ul
#define PTE_PAGE     3ul
#define PTE_BLOCK    1ul
#define PTE_NORMAL   (0ul << 2) /* MAIR index 0 */
#define PTE_DEVICE   (1ul << 2)
#define PTE_NONCACHE (2ul << 2)
#define PTE_USER     (1ul << 6)
#define PTE_RDONLY   (1ul << 7)
#define PTE_INNER    (3ul << 8)
#define PTE_AF       (1ul << 10)
#define PTE_NG       (1ul << 11)
#define PTE_CONT     (1ul << 52)
#define PTE_PXN      (1ul << 53)
#define PTE_UXN      (1ul << 54)

#define TCR_BASE \
	(25ul | 1ul << 8 | 1ul << 10 | 3ul << 12 | 1ul << 23 | 2ul << 32)

void mmu_on(void);
extern uint64_t identity_l1[512];
/* EL0 has all memory from 2 GiB on, too, where @p is USER(p). */
void map_user(void);
#define USER(p) ((uint64_t)(p)-0x40000000ul + 0x80000000ul)
/* Zeroed, 64 KiB aligned memory that is never freed. */
void *alloc64k(size_t n);
#define tlbi_all() \
	__asm__ volatile("dsb ishst; tlbi vmalle1; dsb ish; isb" ::: "memory")
/* After writing instructions at [p, p + n). */
void sync_code(void *p, size_t n);

/* ---- PSCI ---------------------------------------------------------------- */

#define PSCI_VERSION       0x84000000
#define PSCI_CPU_OFF       0x84000002
#define PSCI_CPU_ON        0xc4000003
#define PSCI_AFFINITY_INFO 0xc4000004
#define PSCI_MIGRATE_TYPE  0x84000006
#define PSCI_SYSTEM_OFF    0x84000008
#define PSCI_SYSTEM_RESET  0x84000009
#define PSCI_FEATURES      0x8400000a
int64_t hvc(uint64_t fn, uint64_t a1, uint64_t a2, uint64_t a3);
int64_t cpu_on(unsigned int index);
unsigned int cpu_index(void); /* MPIDR.Aff0 */

/* Wait for @cond, at most about @ms by the virtual counter. */
uint64_t now_ms(void);
#define WAIT_FOR(cond, ms)                                 \
	({                                                 \
		uint64_t end_ = now_ms() + (ms);           \
		bool ok_;                                  \
		while (!(ok_ = (cond)) && now_ms() < end_) \
			;                                  \
		ok_;                                       \
	})

#endif

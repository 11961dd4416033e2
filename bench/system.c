/* SPDX-License-Identifier: MIT */
/*
 * What a kernel does, in the measuring guest: exceptions, system calls, mapping
 * and unmapping pages, switching between address spaces. The entries and the
 * programs at EL0 are in kernel.S.
 */
#include "bench.h"

extern char kernel_vectors[], task_start[];
extern char user_calls[], user_calls_end[];
extern char user_switches[], user_switches_end[];

/* ---- address spaces ------------------------------------------------------ */

#define USER_CODE  0x80000000ul
#define USER_DATA  0x80010000ul
#define USER_PAGES 8
#define CHURN      0x80100000ul /* where pages come and go, the kernel's */
#define PAGE       4096ul

/* What the identity map is, and 2 MiB of pages from USER_CODE on. */
struct space {
	uint64_t *l1, *l3;
	uint8_t *code, *data;
	uint64_t ttbr0;
};

static struct space spaces[2];

static uint64_t *pte(struct space *s, uint64_t va)
{
	return &s->l3[va >> 12 & 511];
}

static void make_space(struct space *s, uint64_t asid)
{
	uint64_t *l2 = alloc64k(PAGE);

	s->l1 = alloc64k(PAGE);
	s->l3 = alloc64k(PAGE);
	s->code = alloc64k(PAGE);
	s->data = alloc64k(USER_PAGES * PAGE);
	s->l1[0] = identity_l1[0];
	s->l1[1] = identity_l1[1];
	s->l1[2] = (uint64_t)l2 | PTE_TABLE;
	l2[0] = (uint64_t)s->l3 | PTE_TABLE;
	*pte(s, USER_CODE) = (uint64_t)s->code | PTE_PAGE | PTE_NORMAL |
			     PTE_INNER | PTE_AF | PTE_NG | PTE_USER |
			     PTE_RDONLY | PTE_PXN;
	for (uint64_t at = 0; at < USER_PAGES * PAGE; at += PAGE)
		*pte(s, USER_DATA + at) = ((uint64_t)s->data + at) | PTE_PAGE |
					  PTE_NORMAL | PTE_INNER | PTE_AF |
					  PTE_NG | PTE_USER | PTE_PXN | PTE_UXN;
	s->ttbr0 = (uint64_t)s->l1 | asid << 48;
}

static void load(struct space *s, const char *program, const char *end)
{
	for (uint64_t i = 0; program + i < end; i++)
		s->code[i] = program[i];
	sync_code(s->code, end - program);
}

static void enter(struct space *s)
{
	dsb();
	write_sysreg(ttbr0_el1, s->ttbr0);
	isb();
}

void setup_system(void)
{
	if (spaces[0].l1)
		return;
	make_space(&spaces[0], 1);
	make_space(&spaces[1], 2);
	write_sysreg(vbar_el1, kernel_vectors);
	enter(&spaces[0]);
}

/* ---- exceptions and system calls ----------------------------------------- */

__asm__(".balign 2048\n"
	"quick_vectors:\n"
	".rept 16\n .balign 128\n eret\n .endr\n");
extern char quick_vectors[];

/* SVC and straight back. */
uint64_t run_exceptions(uint64_t n)
{
	uint64_t old = read_sysreg(vbar_el1);

	write_sysreg(vbar_el1, quick_vectors);
	isb();
	for (uint64_t i = 0; i < n; i++)
		__asm__ volatile("svc #0" ::: "memory");
	write_sysreg(vbar_el1, old);
	isb();
	return n;
}

static uint64_t run_user(uint64_t rounds)
{
	return call_el0((uint64_t(*)(uint64_t))USER_CODE, rounds, USER_DATA, 0);
}

uint64_t run_syscalls(uint64_t n)
{
	load(&spaces[0], user_calls, user_calls_end);
	CHECK_EQ(run_user(n), 3 * n);
	return n;
}

/* ---- pages --------------------------------------------------------------- */

#define CHURN_PAGES 64

static void map(uint64_t va, uint64_t pa)
{
	*(volatile uint64_t *)pte(&spaces[0], va) = pa | PTE_PAGE | PTE_NORMAL |
						    PTE_INNER | PTE_AF |
						    PTE_NG | PTE_PXN | PTE_UXN;
	__asm__ volatile("dsb ishst; isb" ::: "memory");
}

static void unmap(uint64_t va)
{
	*(volatile uint64_t *)pte(&spaces[0], va) = 0;
	__asm__ volatile("dsb ishst\n tlbi vae1is, %0\n dsb ish\n isb" ::"r"(
				 va >> 12 | 1ul << 48)
			 : "memory");
}

/* Maps, writes and unmaps pages; an operation is one page. */
uint64_t run_page_churn(uint64_t n)
{
	static volatile uint64_t *pages;

	if (!pages)
		pages = alloc64k(CHURN_PAGES * PAGE);
	pages[0] = 0;
	for (uint64_t i = 0; i < n; i++)
		for (uint64_t at = 0; at < CHURN_PAGES * PAGE; at += PAGE) {
			map(CHURN + at, (uint64_t)pages + at);
			++*(volatile uint64_t *)(CHURN + at);
			unmap(CHURN + at);
		}
	CHECK_EQ(pages[0], n);
	return n * CHURN_PAGES;
}

/* ---- switches ------------------------------------------------------------ */

/* kernel.S knows the layout. */
struct task {
	uint64_t x19_x30[12];
	uint64_t sp, ttbr0;
	struct task *next;
};

static struct task tasks[2];
struct task *current_task;

/* Two programs at the same addresses, an operation is a switch. */
uint64_t run_switches(uint64_t n)
{
	static uint8_t *stack;

	if (!stack)
		stack = alloc64k(65536);
	for (unsigned int i = 0; i < 2; i++) {
		load(&spaces[i], user_switches, user_switches_end);
		*(volatile uint64_t *)spaces[i].data = 0;
		tasks[i].ttbr0 = spaces[i].ttbr0;
		tasks[i].next = &tasks[!i];
	}
	tasks[1].x19_x30[0] = USER_CODE;
	tasks[1].x19_x30[1] = USER_DATA;
	tasks[1].x19_x30[2] = ~0ul;
	tasks[1].x19_x30[11] = (uint64_t)task_start;
	tasks[1].sp = (uint64_t)stack + 65536;
	current_task = &tasks[0];
	CHECK_EQ(run_user(n), n);
	CHECK_EQ(*(volatile uint64_t *)spaces[1].data, n);
	return 2 * n;
}

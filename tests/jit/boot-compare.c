/* SPDX-License-Identifier: MIT */
/* See boot-compare.h. */
#include "boot-compare.h"

#include <stdio.h>
#include <string.h>

#include "boot-board.h"
#include "isa/insn.h"

#define SHOWN 8 /* differences of a kind */

static const uint8_t *page_at(const uint8_t *ram, gpa_t gpa)
{
	return ram + (gpa - BOOT_RAM);
}

bool step_same(const struct log_entry *e, const struct snapshot *now,
	       const uint8_t *ram)
{
	if (memcmp(&e->after, now, sizeof(*now)))
		return false;
	for (unsigned int k = 0; k < e->nr_pages; k++)
		if (memcmp(e->pages[k].bytes, page_at(ram, e->pages[k].gpa),
			   4096))
			return false;
	return true;
}

/* ---- report -------------------------------------------------------------- */

static void show(const char *name, uint64_t a, uint64_t b)
{
	if (a != b)
		fprintf(stderr, "  %s %016llx, translated %016llx\n", name,
			(unsigned long long)a, (unsigned long long)b);
}

static void show_registers(const struct snapshot *a, const struct snapshot *b)
{
	char name[16];

	for (unsigned int n = 0; n < REG_SINK; n++) {
		snprintf(name, sizeof(name),
			 n == REG_SP ? "sp" : (n == REG_ZR ? "xzr" : "x%u"), n);
		show(name, a->x[n], b->x[n]);
	}
	for (unsigned int n = 0; n < 64; n++) {
		snprintf(name, sizeof(name), "v%u.d[%u]", n / 2, n % 2);
		show(name, a->v[n / 2].d[n % 2], b->v[n / 2].d[n % 2]);
	}
	show("pc", a->pc, b->pc);
	show("pstate", a->pstate, b->pstate);
	show("sp_el0", a->sp[0], b->sp[0]);
	show("sp_el1", a->sp[1], b->sp[1]);
	show("fpcr", a->fpcr, b->fpcr);
	show("fpsr", a->fpsr, b->fpsr);
	show("local time", a->cycles, b->cycles);
	show("what was charged of it", a->charged, b->charged);
	show("the time to stop", a->stop, b->stop);
	show("exit", a->reason, b->reason);
	show("its immediate", a->imm16, b->imm16);
	show("MMIO address", a->mmio.gpa, b->mmio.gpa);
	show("MMIO data", a->mmio.data, b->mmio.data);
	show("exclusive monitor", a->excl_valid, b->excl_valid);
	show("event register", a->event, b->event);
}

static void show_sysregs(const struct snapshot *a, const struct snapshot *b)
{
	const uint8_t *p = (const uint8_t *)&a->sys;
	const uint8_t *q = (const uint8_t *)&b->sys;

	for (size_t at = 0; at < sizeof(a->sys); at += 8) {
		char name[48];
		uint64_t v, w;

		memcpy(&v, p + at, 8);
		memcpy(&w, q + at, 8);
		snprintf(name, sizeof(name), "struct cpu_sysregs + %zu", at);
		show(name, v, w);
	}
}

static void show_page(const struct log_page *page, const uint8_t *mine)
{
	unsigned int shown = 0;

	for (unsigned int n = 0; n < 4096 && shown < SHOWN; n++) {
		if (page->bytes[n] == mine[n])
			continue;
		fprintf(stderr, "  memory at %llx: %02x, translated %02x\n",
			(unsigned long long)page->gpa + n, page->bytes[n],
			mine[n]);
		shown++;
	}
}

static void show_code(const struct log_entry *e, const uint8_t *ram)
{
	if (!e->pa)
		return;
	for (unsigned int n = 0; n < e->insns; n++) {
		char text[96];
		uint32_t word;

		memcpy(&word, page_at(ram, e->pa + 4 * n), 4);
		insn_disassemble(word, e->pc + 4 * n, text, sizeof(text));
		fprintf(stderr, "  %llx %08x %s\n",
			(unsigned long long)e->pc + 4 * n, word, text);
	}
}

void step_report(const struct log_entry *e, const struct snapshot *now,
		 const uint8_t *ram)
{
	show_registers(&e->after, now);
	show_sysregs(&e->after, now);
	for (unsigned int k = 0; k < e->nr_pages; k++)
		show_page(&e->pages[k], page_at(ram, e->pages[k].gpa));
	show_code(e, ram);
}

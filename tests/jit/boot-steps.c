/* SPDX-License-Identifier: MIT */
/*
 * Steps of two boots, see boot-steps.h. What one process writes down goes to the
 * other in batches (boot-log.h), so each has a host CPU to itself most of the
 * time. Of several vCPUs one executes at a time, whose thread is here, so nothing
 * in here is locked.
 */
#include "boot-steps.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot-board.h"
#include "boot-compare.h"
#include "cpu/block.h"
#include "cpu/mmu.h"

enum cpu_exit_reason __real_cpu_run(struct cpu *cpu);
enum cpu_exit_reason __wrap_cpu_run(struct cpu *cpu);
void __real_cpu_stop_at(struct cpu *cpu, uint64_t cycles);
void __wrap_cpu_stop_at(struct cpu *cpu, uint64_t cycles);

/* Of this process. */
static struct {
	bool translate;
	struct steps_options opts;
	struct log_end end;
	uint8_t *ram, *other_ram;
	size_t ram_size;
	struct pe {
		struct cpu *cpu;
		/* What the kernel model wants, and the step. */
		uint64_t wanted, stop;
	} pes[BOOT_VCPUS];
	uint64_t steps, instructions, random;
	/* The leader's: pages written to in this step. */
	struct cpu_env env;
	const struct cpu_env *real_env;
	unsigned int nr_pages;
	gpa_t pages[LOG_PAGES];
} s = {.random = 1};

/* ---- what is written ----------------------------------------------------- */

static void page_add(gpa_t gpa)
{
	gpa = ALIGN_DOWN(gpa, 4096);
	if (gpa < BOOT_RAM || gpa >= BOOT_RAM + s.ram_size)
		return;
	for (unsigned int k = 0; k < s.nr_pages; k++)
		if (s.pages[k] == gpa)
			return;
	if (s.nr_pages < LOG_PAGES)
		s.pages[s.nr_pages++] = gpa;
}

static int page_asked(struct cpu *cpu, gpa_t gpa, bool write,
		      struct cpu_page *page)
{
	if (write)
		page_add(gpa);
	return s.real_env->page(cpu, gpa, write, page);
}

/* The environment is asked again for each page that is written to. */
static void pages_begin(struct cpu *cpu)
{
	static const struct cpu *last;

	if (cpu->env != &s.env) {
		s.real_env = cpu->env;
		s.env = *cpu->env;
		s.env.page = page_asked;
		cpu->env = &s.env;
	}
	if (s.nr_pages || cpu != last)
		tlb_flush_write(cpu);
	last = cpu;
	s.nr_pages = 0;
	if (s.opts.watch)
		page_add(s.opts.watch);
}

static void pages_put(struct log_entry *e)
{
	e->nr_pages = s.nr_pages;
	for (unsigned int k = 0; k < s.nr_pages; k++) {
		e->pages[k].gpa = s.pages[k];
		memcpy(e->pages[k].bytes, s.ram + (s.pages[k] - BOOT_RAM),
		       4096);
	}
}

/* ---- a step -------------------------------------------------------------- */

static struct pe *pe_of(struct cpu *cpu)
{
	struct pe *pe = s.pes;

	while (pe->cpu && pe->cpu != cpu)
		pe++;
	if (!pe->cpu)
		*pe = (struct pe){cpu, UINT64_MAX, UINT64_MAX};
	return pe;
}

void __wrap_cpu_stop_at(struct cpu *cpu, uint64_t cycles)
{
	struct pe *pe = pe_of(cpu);

	pe->wanted = cycles;
	__real_cpu_stop_at(cpu, min_u64(cycles, pe->stop));
}

/* The block at the PC; NULL: an exception was taken instead. */
static const struct block *block_here(struct cpu *cpu)
{
	cpu->leave = false;
	cpu->cur = NULL;
	return block_lookup(cpu);
}

static enum cpu_exit_reason step(struct pe *pe, uint64_t stop)
{
	struct cpu *cpu = pe->cpu;
	uint64_t before = cpu->cycles - cpu->charged;
	enum cpu_exit_reason reason;

	pe->stop = stop;
	__real_cpu_stop_at(cpu, min_u64(pe->wanted, stop));
	/* Nothing is left of the stop before. */
	cpu->look = 0;
	reason = __real_cpu_run(cpu);
	pe->stop = UINT64_MAX;
	__real_cpu_stop_at(cpu, pe->wanted);
	s.steps++;
	s.instructions += cpu->cycles - cpu->charged - before;
	return reason;
}

static bool step_only(const struct pe *pe, enum cpu_exit_reason reason)
{
	return reason == CPU_EXIT_TIME && pe->cpu->cycles < pe->wanted;
}

/* ---- the leader ---------------------------------------------------------- */

static void lead_choose(struct cpu *cpu, struct log_entry *e)
{
	const struct block *b;

	e->pc = cpu->pc;
	e->pa = 0;
	e->insns = 0;
	e->end = false;
	e->ran = true;
	if (s.opts.cycles) {
		s.random = s.random * 6364136223846793005 + 1442695040888963407;
		e->stop = cpu->cycles + 1 + (s.random >> 33) % s.opts.cycles;
		return;
	}
	b = block_here(cpu);
	e->ran = b;
	e->stop = cpu->cycles + (b ? b->cost : 0);
	if (b) {
		e->pa = b->pa;
		e->insns = b->n;
	}
}

static _Noreturn void lead_end(void)
{
	struct log_entry *e = log_room(&s.end);

	memset(e, 0, sizeof(*e));
	e->end = true;
	log_put(&s.end, e);
	log_flush(&s.end);
	_exit(STEPS_SAME);
}

static enum cpu_exit_reason lead(struct pe *pe)
{
	struct cpu *cpu = pe->cpu;
	enum cpu_exit_reason reason;

	do {
		struct log_entry *e = log_room(&s.end);

		pages_begin(cpu);
		e->vcpu = (uint8_t)(pe - s.pes);
		lead_choose(cpu, e);
		reason = e->ran ? step(pe, e->stop) : CPU_EXIT_TIME;
		snapshot_take(&e->after, cpu, pe->wanted);
		pages_put(e);
		log_put(&s.end, e);
		if (s.instructions >= s.opts.instructions)
			lead_end();
	} while (step_only(pe, reason));
	return reason;
}

/* ---- the follower -------------------------------------------------------- */

static void memory_compare(void)
{
	size_t at = 0;

	if (!memcmp(s.ram, s.other_ram, s.ram_size))
		return;
	while (!memcmp(s.ram + at, s.other_ram + at, 4096))
		at += 4096;
	s.end.log->page = BOOT_RAM + at;
	_exit(STEPS_MEMORY);
}

static const struct log_entry *follow_next(void)
{
	static bool meet;
	const struct log_entry *e;

	if (meet) {
		memory_compare();
		log_met(&s.end);
	}
	e = log_get(&s.end, &meet);
	if (!e->end)
		return e;
	memory_compare();
	_exit(STEPS_SAME);
}

static _Noreturn void differs(const struct pe *pe, const struct log_entry *e)
{
	fprintf(stderr,
		"step %llu, on vCPU %u at %llx, differs, after some %llu "
		"instructions\n",
		(unsigned long long)s.steps, e->vcpu, (unsigned long long)e->pc,
		(unsigned long long)s.instructions);
	if (e->vcpu != pe - s.pes)
		fprintf(stderr, "  translated it is vCPU %u's turn\n",
			(unsigned int)(pe - s.pes));
	_exit(STEPS_DIFFER);
}

static enum cpu_exit_reason follow(struct pe *pe)
{
	static struct snapshot now;
	struct cpu *cpu = pe->cpu;
	enum cpu_exit_reason reason;

	do {
		const struct log_entry *e = follow_next();

		if (e->vcpu != pe - s.pes)
			differs(pe, e);
		/* It may fetch, which takes time. */
		if (!s.opts.cycles)
			block_here(cpu);
		reason = e->ran ? step(pe, e->stop) : CPU_EXIT_TIME;
		snapshot_take(&now, cpu, pe->wanted);
		s.end.log->done = s.instructions;
		if (!step_same(e, &now, s.ram)) {
			step_report(e, &now, s.ram);
			differs(pe, e);
		}
	} while (step_only(pe, reason));
	return reason;
}

enum cpu_exit_reason __wrap_cpu_run(struct cpu *cpu)
{
	struct pe *pe = pe_of(cpu);

	return s.translate ? follow(pe) : lead(pe);
}

/* ---- processes ----------------------------------------------------------- */

/* The guest has switched itself off, or nothing works. */
static void boot_ended(int status)
{
	bool meet;

	if (status)
		_exit(STEPS_BROKEN);
	if (!s.translate)
		lead_end();
	if (!log_get(&s.end, &meet)->end)
		_exit(STEPS_DIFFER);
	memory_compare();
	_exit(STEPS_SAME);
}

/* Guest memory is at the same address in both. */
static pid_t boot_start(const struct boot_board *board, struct boot_log *log,
			const int ram[2], bool translate)
{
	struct boot_board b = *board;
	pid_t pid = fork();
	void *at;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	s.translate = translate;
	s.end.log = log;
	s.ram_size = b.ram_size;
	at = mmap(b.ram, s.ram_size, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_FIXED, ram[translate], 0);
	s.other_ram = mmap(NULL, s.ram_size, PROT_READ, MAP_SHARED,
			   ram[!translate], 0);
	if (at == MAP_FAILED || s.other_ram == MAP_FAILED)
		_exit(STEPS_BROKEN);
	s.ram = at;
	b.translate = translate;
	if (translate)
		b.console = -1;
	boot_board_run(&b, boot_ended);
}

/* The first that has something to say: the other would wait forever. */
static enum steps_result boots_wait(const pid_t pids[2])
{
	enum steps_result result = STEPS_SAME;

	for (unsigned int n = 0; n < 2; n++) {
		int status;
		pid_t pid = wait(&status);

		if (result != STEPS_SAME)
			continue;
		if (!WIFEXITED(status)) {
			fprintf(stderr, "%s ended by signal %d\n",
				pid == pids[1] ? "the translator"
					       : "the interpreter",
				WTERMSIG(status));
			result = STEPS_BROKEN;
		} else {
			result = (enum steps_result)WEXITSTATUS(status);
		}
		if (result != STEPS_SAME)
			kill(pids[pid == pids[0]], SIGKILL);
	}
	return result;
}

enum steps_result steps_run(const struct boot_board *board,
			    const struct steps_options *opts, uint64_t *done,
			    uint64_t *page)
{
	struct boot_board b = *board;
	struct boot_log *log = log_new();
	enum steps_result result;
	int ram[2];
	pid_t pids[2];

	b.ram = mmap(NULL, b.ram_size, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	for (unsigned int k = 0; k < 2; k++) {
		ram[k] = memfd_create("guest memory", MFD_CLOEXEC);
		if (ram[k] < 0 || ftruncate(ram[k], b.ram_size))
			return STEPS_BROKEN;
	}
	if (!log || b.ram == MAP_FAILED)
		return STEPS_BROKEN;
	s.opts = *opts;
	for (unsigned int k = 0; k < 2; k++)
		pids[k] = boot_start(&b, log, ram, k);
	result = pids[0] < 0 || pids[1] < 0 ? STEPS_BROKEN : boots_wait(pids);
	*done = log->done;
	*page = log->page;
	log_free(log);
	munmap(b.ram, b.ram_size);
	close(ram[0]);
	close(ram[1]);
	return result;
}

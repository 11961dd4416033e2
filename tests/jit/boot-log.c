/* SPDX-License-Identifier: MIT */
/* See boot-log.h. */
#include "boot-log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ENTRY_MAX \
	(sizeof(struct log_entry) + LOG_PAGES * sizeof(struct log_page))

/* ---- a PE ---------------------------------------------------------------- */

void snapshot_take(struct snapshot *s, const struct cpu *cpu, uint64_t stop)
{
	const struct cpu_exit *e = &cpu->exit;

	memset(s, 0, sizeof(*s)); /* what is compared has room at its end */
	memcpy(s->x, cpu->x, sizeof(s->x));
	s->pc = cpu->pc;
	s->pstate = cpu_pstate(cpu);
	s->sp[0] = cpu_sp(cpu, 0);
	s->sp[1] = cpu_sp(cpu, 1);
	s->cycles = cpu->cycles;
	s->charged = cpu->charged;
	s->stop = stop;
	s->fpcr = cpu->fpcr;
	s->fpsr = cpu_fpsr(cpu);
	s->reason = e->reason;
	if (e->reason == CPU_EXIT_HVC || e->reason == CPU_EXIT_SMC)
		s->imm16 = e->imm16;
	s->excl_valid = cpu->excl_valid;
	s->event = cpu->event;
	if (e->reason == CPU_EXIT_MMIO) {
		s->mmio.gpa = e->mmio.gpa;
		s->mmio.data = e->mmio.data;
		s->mmio.len = e->mmio.len;
		s->mmio.write = e->mmio.write;
		s->mmio.rt = e->mmio.rt;
	}
	memcpy(s->v, cpu->vreg, sizeof(s->v));
	memcpy(&s->sys, &cpu->sys, sizeof(s->sys));
}

/* ---- batches ------------------------------------------------------------- */

struct boot_log *log_new(void)
{
	struct boot_log *log = mmap(NULL, sizeof(*log), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (log == MAP_FAILED)
		return NULL;
	sem_init(&log->full, 1, 0);
	sem_init(&log->empty, 1, LOG_BATCHES);
	sem_init(&log->met, 1, 0);
	return log;
}

void log_free(struct boot_log *log)
{
	munmap(log, sizeof(*log));
}

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem))
		if (errno != EINTR)
			abort();
}

static struct log_batch *batch_of(const struct log_end *e)
{
	return &e->log->batches[e->batch % LOG_BATCHES];
}

static bool meets(uint64_t batch)
{
	return batch % LOG_MEETINGS == LOG_MEETINGS - 1;
}

struct log_entry *log_room(struct log_end *e)
{
	if (e->open && e->at + ENTRY_MAX > LOG_BATCH_SIZE)
		log_flush(e);
	if (!e->open) {
		wait_for(&e->log->empty);
		e->open = true;
		e->at = 0;
	}
	return (struct log_entry *)(batch_of(e)->bytes + e->at);
}

void log_put(struct log_end *e, struct log_entry *entry)
{
	entry->size = (uint32_t)ALIGN_UP(
		sizeof(*entry) + entry->nr_pages * sizeof(struct log_page), 16);
	e->at += entry->size;
}

void log_flush(struct log_end *e)
{
	batch_of(e)->used = e->at;
	sem_post(&e->log->full);
	if (meets(e->batch))
		wait_for(&e->log->met);
	e->batch++;
	e->open = false;
}

const struct log_entry *log_get(struct log_end *e, bool *meet)
{
	const struct log_entry *entry;

	if (e->open && e->at == batch_of(e)->used) {
		sem_post(&e->log->empty);
		e->batch++;
		e->open = false;
	}
	if (!e->open) {
		wait_for(&e->log->full);
		e->open = true;
		e->at = 0;
	}
	entry = (const struct log_entry *)(batch_of(e)->bytes + e->at);
	e->at += entry->size;
	*meet = e->at == batch_of(e)->used && meets(e->batch);
	return entry;
}

void log_met(struct log_end *e)
{
	sem_post(&e->log->met);
}

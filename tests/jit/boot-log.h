/* SPDX-License-Identifier: MIT */
/*
 * What the leading of two boots tells the following one (boot-steps.h): after
 * each step the state of its PE and the pages that it has written to. In memory
 * that both share, in batches; every so many the two meet and all memory is
 * compared.
 */
#ifndef FAUXKVM_TESTS_JIT_BOOT_LOG_H
#define FAUXKVM_TESTS_JIT_BOOT_LOG_H

#include <semaphore.h>

#include "cpu/cpu.h"

/* What a guest can see of a PE, and what counts beside. */
struct snapshot {
	uint64_t x[REG_SINK];
	uint64_t pc, pstate, sp[2];
	uint64_t cycles, charged;
	uint64_t stop; /* what cpu_stop_at() was told last */
	uint32_t fpcr, fpsr;
	uint32_t reason, imm16; /* the exit; HVC's and SMC's */
	bool excl_valid, event;
	struct {
		gpa_t gpa;
		uint64_t data;
		uint8_t len, write, rt;
	} mmio;
	union vreg v[32];
	struct cpu_sysregs sys;
};

void snapshot_take(struct snapshot *s, const struct cpu *cpu, uint64_t stop);

#define LOG_PAGES 16 /* that a step is known to have written to */

struct log_page {
	gpa_t gpa;
	uint8_t bytes[4096];
};

struct log_entry {
	uint32_t size;
	bool end; /* nothing else in here counts */
	bool ran; /* false: there was no instruction to be had */
	uint8_t vcpu;
	/* Where the step began, and when it is to stop. */
	uint64_t pc, stop;
	gpa_t pa; /* of its block; 0: none */
	uint32_t insns;
	unsigned int nr_pages;
	struct snapshot after;
	struct log_page pages[];
};

#define LOG_BATCHES    4
#define LOG_BATCH_SIZE ((size_t)16 << 20)
#define LOG_MEETINGS   64 /* batches between two */

struct log_batch {
	size_t used;
	_Alignas(16) uint8_t bytes[LOG_BATCH_SIZE];
};

struct boot_log {
	sem_t full, empty, met;
	uint64_t page; /* the follower's finding, boot-steps.h */
	uint64_t done; /* instructions */
	struct log_batch batches[LOG_BATCHES];
};

/* Of one process. */
struct log_end {
	struct boot_log *log;
	uint64_t batch; /* how many were before */
	size_t at;
	bool open;
};

struct boot_log *log_new(void);
void log_free(struct boot_log *log);

/* The leader: room for an entry and all its pages; it is complete; no entry will
 * come for some time. */
struct log_entry *log_room(struct log_end *e);
void log_put(struct log_end *e, struct log_entry *entry);
void log_flush(struct log_end *e);

/* The follower: the next entry. *@meet: it was the last before a meeting, which
 * is over when log_met() is called. */
const struct log_entry *log_get(struct log_end *e, bool *meet);
void log_met(struct log_end *e);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A statistics file (kernel/stat-file.h) as readers of it see it: a copy, of
 * which nothing is believed.
 */
#ifndef FAUXKVM_TOOL_STAT_VIEW_H
#define FAUXKVM_TOOL_STAT_VIEW_H

#include <limits.h>
#include <stdio.h>

#include "base/types.h"
#include "kernel/stat-file.h"

struct stat_view {
	char path[PATH_MAX];
	char *data;
	size_t size;
	const struct stat_head *head;
	bool running; /* the process that writes it lives */
};

/* What @name says, a file or a process's id: 0 or EXIT_USAGE, having said why. */
int stat_view_read(struct stat_view *view, const char *name);
void stat_view_free(struct stat_view *view);

/* @size bytes at offset @at, if the file has them there. */
const void *stat_view_at(const struct stat_view *view, uint64_t at,
			 uint64_t size);

/* The first, or the one after @vm; NULL: there is none. */
const struct stat_vm *stat_next_vm(const struct stat_view *view,
				   const struct stat_vm *vm);
/* All of a VM, sorted by vCPU and INTID, in memory of the caller's. Their
 * number; *list is NULL if that is 0. */
size_t stat_irqs(const struct stat_view *view, const struct stat_vm *vm,
		 const struct stat_irq ***list);
size_t stat_vcpus(const struct stat_view *view, const struct stat_vm *vm,
		  const struct stat_vcpu ***list);
/* The events that are left, in order, in memory of the caller's. */
size_t stat_events(const struct stat_view *view, const struct stat_vm *vm,
		   struct stat_event **list);

/* What the tallies of a VM's vCPUs, at @member of struct stat_vcpu, came to, by key, in memory of the caller's; others: what it had
 * no room for. */
struct stat_sum {
	uint64_t key, count;
};
struct stat_sums {
	struct stat_sum *sum;
	size_t nr;
	uint64_t others;
};
void stat_sums_of_vm(struct stat_sums *s, const struct stat_view *view,
		     const struct stat_vm *vm, size_t member);
void stat_sums_free(struct stat_sums *s);

static inline uint64_t stat_place_pc(uint64_t key)
{
	return (uint64_t)((int64_t)key >> STAT_PLACE_SHIFT);
}

/* What was refused, the most often first, in memory of the caller's. */
size_t stat_refusals(const struct stat_view *view, struct stat_refusal **list);

/* How the vCPU's exits are spread over time; NULL: it is not known. */
const struct stat_course *stat_course(const struct stat_view *view,
				      const struct stat_vcpu *v);

static inline uint64_t stat_get(const _Atomic uint64_t *n)
{
	return atomic_load_explicit((_Atomic uint64_t *)n,
				    memory_order_relaxed);
}

/* Names by which people and JSON know the latencies. */
struct stat_latency_name {
	const char *text, *json;
};
extern const struct stat_latency_name stat_latency_names[NR_STAT_LATENCIES];

/* "SGI 1", "SPI 5" (its INTID is 37), "LPI 8192": @size of 32 is enough. */
void stat_irq_name(char *to, size_t size, const struct stat_vm *vm,
		   uint32_t intid);

/* A time of the VM's: three or four digits and a unit, cycles without; returns
 * @to, of 32 bytes or more. */
const char *stat_time_text(char *to, size_t size, const struct stat_vm *vm,
			   uint64_t t);

/* However they ended. */
uint64_t stat_exits(const struct stat_vcpu *v, unsigned int kind);
/* For whatever interrupt. */
uint64_t stat_steps(const struct stat_vm *vm, unsigned int step);

/* Events of a GIC-600's PMU (Arm 100336, table 4-60) that there are numbers
 * for. False: there is no @n-th. */
struct stat_pmu {
	const char *name, *about;
	unsigned int event;
	uint64_t count;
};
bool stat_pmu_event(const struct stat_view *view, const struct stat_vm *vm,
		    unsigned int n, struct stat_pmu *out);

/* @text with what JSON wants escaped, in quotes. */
void stat_json_string(FILE *out, const char *text, size_t max);

#endif

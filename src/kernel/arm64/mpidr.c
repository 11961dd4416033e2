/* SPDX-License-Identifier: MIT */
/*
 * vCPUs by MPIDR_EL1: PSCI, SGIs, GICD_IROUTER and the VMM's requests of a GIC
 * name them so. A VMM may give two vCPUs the same; which one is meant is then
 * Linux's choice: the first that was made, until one runs for the first time.
 * Then Linux makes a table, in which the last one has the place, and which is
 * believed as long as that one still has the affinity. A vCPU that is made later
 * takes the table away.
 */
#include <stdlib.h>

#include "base/since.h"
#include "kernel/arm64/arm64.h"

#define AFFINITY (GENMASK(39, 32) | GENMASK(23, 0))

/* As many as fit Linux's page, beside the mask. */
#define MAX_PLACES 1024u

/* The places of affinities by those of their bits in which they differ. */
struct mpidr_map {
	struct mpidr_map *older; /* in vm_arm64.mpidr_maps */
	uint64_t mask;
	uint16_t vcpu[]; /* its index */
};

static uint64_t affinity(struct vm *vm, unsigned int index)
{
	return atomic_load(&vcpu_arm64(vm->vcpus[index])->mpidr) & AFFINITY;
}

/* The bits of @aff under @mask, side by side. */
static unsigned int place_of(uint64_t mask, uint64_t aff)
{
	unsigned int place = 0, bit = 0;

	for (; mask; mask &= mask - 1)
		place |= (unsigned int)!!(aff & mask & -mask) << bit++;
	return place;
}

static void map_make(struct vm *vm)
{
	uint64_t all = 0, every = ~UINT64_C(0), mask;
	unsigned int n = vm_vcpu_count(vm), places;
	struct mpidr_map *m;

	for (unsigned int i = 0; i < n; i++) {
		all |= affinity(vm, i);
		every &= affinity(vm, i);
	}
	mask = all ^ every;
	places = __builtin_popcountll(mask);
	if (places > __builtin_ctz(MAX_PLACES))
		return;
	m = calloc(1, sizeof(*m) + (sizeof(*m->vcpu) << places));
	if (!m)
		return;
	m->mask = mask;
	for (unsigned int i = 0; i < n; i++)
		m->vcpu[place_of(mask, affinity(vm, i))] = (uint16_t)i;
	m->older = vm_arm64(vm)->mpidr_maps;
	vm_arm64(vm)->mpidr_maps = m;
	atomic_store(&vm_arm64(vm)->mpidr_map, m);
}

void mpidr_first_run(struct vm *vm)
{
	struct vm_arm64 *a = vm_arm64(vm);

	if (!linux_is_since(6, 7) || vm_vcpu_count(vm) == 1)
		return;
	pthread_mutex_lock(&a->config);
	if (!atomic_load(&a->mpidr_map))
		map_make(vm);
	pthread_mutex_unlock(&a->config);
}

/* Who looks into it now may go on. */
void mpidr_vcpu_new(struct vm *vm)
{
	atomic_store(&vm_arm64(vm)->mpidr_map, NULL);
}

void mpidr_vm_free(struct vm_arm64 *a)
{
	struct mpidr_map *m;

	while ((m = a->mpidr_maps)) {
		a->mpidr_maps = m->older;
		free(m);
	}
}

struct vcpu *vcpu_by_mpidr(struct vm *vm, uint64_t mpidr)
{
	const struct mpidr_map *m = atomic_load(&vm_arm64(vm)->mpidr_map);
	uint64_t aff = mpidr & AFFINITY;
	unsigned int i;

	if (m) {
		i = m->vcpu[place_of(m->mask, aff)];
		if (affinity(vm, i) == aff)
			return vm->vcpus[i];
	}
	for (i = 0; i < vm_vcpu_count(vm); i++)
		if (affinity(vm, i) == aff)
			return vm->vcpus[i];
	return NULL;
}

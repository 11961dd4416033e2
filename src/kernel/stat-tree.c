/* SPDX-License-Identifier: MIT */
/*
 * Keeping a guest's device tree (Devicetree Specification 0.4, chapter 5.2); see
 * stat-tree.h. It is copied as it is: who reads the file parses it.
 */
#include "kernel/stat-tree.h"

#include "kernel/irq-stats.h"
#include "kernel/memslot.h"
#include "kernel/vm.h"

#define MAGIC     0xd00dfeedu
#define MIN_SIZE  40
#define MAX_SIZE  (2u << 20)
#define MAX_SLOTS 4

void stat_tree_take(struct vm *vm, gpa_t gpa)
{
	struct stat_vm *shown = irq_stats_vm(vm);
	uint32_t head[2], size;
	uint64_t at;
	void *to;

	if (!shown || gpa % 8 || atomic_load(&shown->tree) ||
	    vm_mem_read(vm, gpa, head, sizeof(head)) ||
	    __builtin_bswap32(head[0]) != MAGIC)
		return;
	size = __builtin_bswap32(head[1]);
	if (size < MIN_SIZE || size > MAX_SIZE)
		return;
	to = stat_file_alloc(size, &at);
	if (!to || vm_mem_read(vm, gpa, to, size))
		return;
	shown->tree_size = size;
	atomic_store(&shown->tree, at);
}

void stat_tree_take_first(struct vm *vm)
{
	gpa_t first[MAX_SLOTS];
	unsigned int n = 0;
	gpa_t from = 0;

	pthread_mutex_lock(&vm->slots_lock);
	while (n < MAX_SLOTS) {
		const struct memslots *slots = atomic_load(&vm->slots);
		const struct itree_node *node =
			itree_first(slots->root, from, UINT64_MAX);
		const struct memslot *slot;

		if (!node)
			break;
		slot = (const void *)((const char *)node - slots->node);
		if (!(slot->flags & KVM_MEM_READONLY))
			first[n++] = slot->gpa;
		from = node->last + 1;
	}
	pthread_mutex_unlock(&vm->slots_lock);
	for (unsigned int i = 0; i < n; i++)
		stat_tree_take(vm, first[i]);
}

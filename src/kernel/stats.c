/* SPDX-License-Identifier: MIT */
/*
 * Binary statistics (KVM_GET_STATS_FD): a header, an id string, descriptors,
 * data. The descriptor's memory holds all of it, so that reading needs no
 * help, however it is done; a VM or vCPU counts in that memory, so that what is
 * read is live. All descriptors of one owner show the same memory.
 */
#include "kernel/stats.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fork-lock.h"
#include "base/refuse.h"
#include "kernel/arch.h"
#include "kernel/ioctl.h"
#include "kernel/system.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

#define NAME_SIZE 48

#define TIME_NS(name_, counter_)                                               \
	{                                                                      \
		.name = name_, .counter = counter_, .size = 1, .exponent = -9, \
		.flags = KVM_STATS_TYPE_CUMULATIVE | KVM_STATS_UNIT_SECONDS |  \
			 KVM_STATS_BASE_POW10                                  \
	}
#define LOG_HIST(name_, counter_)                                           \
	{                                                                   \
		.name = name_, .counter = counter_, .size = STAT_HIST_SIZE, \
		.exponent = -9,                                             \
		.flags = KVM_STATS_TYPE_LOG_HIST | KVM_STATS_UNIT_SECONDS | \
			 KVM_STATS_BASE_POW10,                              \
	}

static const struct stat_row vm_rows[] = {
	STAT_COUNTER("remote_tlb_flush", STAT_REMOTE_TLB_FLUSH),
	STAT_COUNTER("remote_tlb_flush_requests",
		     STAT_REMOTE_TLB_FLUSH_REQUESTS),
};

static const struct stat_row vcpu_rows[] = {
	STAT_COUNTER("halt_successful_poll", STAT_HALT_SUCCESSFUL_POLL),
	STAT_COUNTER("halt_attempted_poll", STAT_HALT_ATTEMPTED_POLL),
	STAT_COUNTER("halt_poll_invalid", STAT_HALT_POLL_INVALID),
	STAT_COUNTER("halt_wakeup", STAT_HALT_WAKEUP),
	TIME_NS("halt_poll_success_ns", STAT_HALT_POLL_SUCCESS_NS),
	TIME_NS("halt_poll_fail_ns", STAT_HALT_POLL_FAIL_NS),
	TIME_NS("halt_wait_ns", STAT_HALT_WAIT_NS),
	LOG_HIST("halt_poll_success_hist", STAT_HALT_POLL_SUCCESS_HIST),
	LOG_HIST("halt_poll_fail_hist", STAT_HALT_POLL_FAIL_HIST),
	LOG_HIST("halt_wait_hist", STAT_HALT_WAIT_HIST),
	{
		.name = "blocking",
		.counter = STAT_BLOCKING,
		.size = 1,
		.flags = KVM_STATS_TYPE_INSTANT | KVM_STATS_UNIT_BOOLEAN |
			 KVM_STATS_BASE_POW10,
	},
};

/* Names that Linux has not, of a VMM that asked for statistics of ours. */
static const struct stat_row irq_rows[] = {
	STAT_COUNTER("fauxkvm_irqs_acknowledged", STAT_IRQS),
	LOG_HIST("fauxkvm_pend_to_ack_hist", STAT_PEND_TO_ACK_HIST),
	LOG_HIST("fauxkvm_ack_to_eoi_hist", STAT_ACK_TO_EOI_HIST),
	LOG_HIST("fauxkvm_pend_to_deactivate_hist",
		 STAT_PEND_TO_DEACTIVATE_HIST),
};

/* Runs of rows, one after the other in the descriptor. */
struct stat_rows {
	const struct stat_row *part[3];
	unsigned int nr[3];
};

/*
 * What the descriptors of one VM or vCPU show. Its pages are where the owner
 * counts, until others take their place.
 */
struct stats {
	struct kobj obj;
	struct kobj *owner;
	struct stat_rows rows;
	unsigned int nr_rows, nr_values;
	size_t data_offset;
	bool open; /* has descriptors */
};

/* Guards the owners' pointers to struct stats, and what they point to. */
static pthread_mutex_t stats_lock = PTHREAD_MUTEX_INITIALIZER;

static struct stats *stats_of(struct kobj *obj)
{
	return container_of(obj, struct stats, obj);
}

struct kobj *stats_owner(struct kobj *obj)
{
	return stats_of(obj)->owner;
}

static struct stat_rows rows_of(struct kobj *owner)
{
	const struct arch *arch;

	if (owner->kind == KOBJ_VM)
		return (struct stat_rows){{vm_rows}, {ARRAY_SIZE(vm_rows)}};
	arch = vcpu_of(owner)->vm->arch;
	return (struct stat_rows){
		{vcpu_rows, arch->vcpu_stats, irq_rows},
		{ARRAY_SIZE(vcpu_rows), arch->nr_vcpu_stats,
		 vcpu_of(owner)->shown ? ARRAY_SIZE(irq_rows) : 0}};
}

/* NULL after the last. */
static const struct stat_row *stats_row(const struct stats *s, unsigned int n)
{
	for (unsigned int p = 0; p < ARRAY_SIZE(s->rows.part); p++) {
		if (n < s->rows.nr[p])
			return &s->rows.part[p][n];
		n -= s->rows.nr[p];
	}
	return NULL;
}

/* The owner's pointers to its counters and to what shows them. */
static struct stats **home_of(struct kobj *owner, stat_t ***counters)
{
	if (owner->kind == KOBJ_VM) {
		*counters = &vm_of(owner)->stats;
		return &vm_of(owner)->stats_shown;
	}
	*counters = &vcpu_of(owner)->stats;
	return &vcpu_of(owner)->stats_shown;
}

static void stats_free(struct stats *s)
{
	kernel_host.free_pages(&s->obj);
	free(s);
}

void stats_owner_gone(struct kobj *owner)
{
	stat_t **counters;
	struct stats **home = home_of(owner, &counters);

	if (*home)
		stats_free(*home);
	*home = NULL;
}

void stats_fork_prepare(void)
{
	pthread_mutex_lock(&stats_lock);
}

void stats_forked_parent(void)
{
	pthread_mutex_unlock(&stats_lock);
}

void stats_forked_child(void)
{
	fork_mutex_reset(&stats_lock);
}

static void stats_fill(struct stats *s)
{
	const struct stat_row *row;
	char *page = s->obj.pages, *at;
	struct kvm_stats_header h = {
		.name_size = NAME_SIZE,
		.num_desc = s->nr_rows,
		.id_offset = sizeof(h),
		.desc_offset = sizeof(h) + NAME_SIZE,
		.data_offset = s->data_offset,
	};

	memcpy(page, &h, sizeof(h));
	if (s->owner->kind == KOBJ_VM)
		snprintf(page + h.id_offset, NAME_SIZE, "kvm-%d",
			 vm_of(s->owner)->maker);
	else
		snprintf(page + h.id_offset, NAME_SIZE, "kvm-%d/vcpu-%u",
			 vcpu_of(s->owner)->maker, vcpu_of(s->owner)->id);
	at = page + h.desc_offset;
	for (unsigned int n = 0; (row = stats_row(s, n)); n++) {
		struct kvm_stats_desc d = {.flags = row->flags,
					   .exponent = row->exponent,
					   .size = row->size,
					   .offset = row->counter *
						     sizeof(stat_t)};

		memcpy(at, &d, sizeof(d));
		snprintf(at + sizeof(d), NAME_SIZE, "%s", row->name);
		at += sizeof(d) + NAME_SIZE;
	}
}

static struct stats *stats_new(struct kobj *owner)
{
	bool is_vm = owner->kind == KOBJ_VM;
	struct stats *s = calloc(1, sizeof(*s));
	const struct stat_row *row;

	if (!s)
		return NULL;
	s->owner = owner;
	s->rows = rows_of(owner);
	for (unsigned int p = 0; p < ARRAY_SIZE(s->rows.part); p++)
		s->nr_rows += s->rows.nr[p];
	for (unsigned int n = 0; (row = stats_row(s, n)); n++)
		if (s->nr_values < row->counter + row->size)
			s->nr_values = row->counter + row->size;
	s->data_offset =
		sizeof(struct kvm_stats_header) + NAME_SIZE +
		s->nr_rows * (sizeof(struct kvm_stats_desc) + NAME_SIZE);
	s->obj.kind = KOBJ_STATS;
	s->obj.refs = 1;
	s->obj.size = s->data_offset + s->nr_values * sizeof(stat_t);
	if (is_vm)
		snprintf(s->obj.name, sizeof(s->obj.name), "kvm-vm-stats");
	else
		snprintf(s->obj.name, sizeof(s->obj.name), "kvm-vcpu-stats:%u",
			 vcpu_of(owner)->id);
	return s;
}

/*
 * The owner counts in @s from now on. Nobody counts meanwhile: a vCPU's mutex
 * is held, and no VM's counter moves.
 */
static void stats_move(struct stats *s, stat_t **counters, struct stats **home)
{
	stat_t *to = (void *)((char *)s->obj.pages + s->data_offset);

	for (unsigned int n = 0; n < s->nr_values; n++)
		atomic_store(&to[n], atomic_load(&(*counters)[n]));
	*counters = to;
	if (*home && !(*home)->open)
		stats_free(*home);
	*home = s;
}

/* A descriptor of new pages. stats_lock held. */
static long stats_install(struct kobj *owner, stat_t **counters,
			  struct stats **home)
{
	struct stats *s = stats_new(owner);
	long ret;

	if (!s)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for the statistics");
	kobj_get(owner);
	ret = kernel_host.install(&s->obj);
	if (ret < 0) {
		kobj_put(owner);
		free(s);
		return ret;
	}
	/* If it is closed already, that waits for us. */
	s->open = true;
	stats_fill(s);
	stats_move(s, counters, home);
	return ret;
}

long obj_ioctl_stats_fd(struct kobj *obj, void *arg, unsigned long user)
{
	stat_t **counters;
	struct stats **home = home_of(obj, &counters);
	long ret = -ENOENT;

	pthread_mutex_lock(&stats_lock);
	/* One more of the same, if there is one. Being closed it may be gone,
	 * and the VMM may not be allowed to open it any more. */
	if (*home && (*home)->open)
		ret = kernel_host.reopen(&(*home)->obj);
	if (ret == -ENOENT)
		ret = stats_install(obj, counters, home);
	pthread_mutex_unlock(&stats_lock);
	return ret;
}

void stats_release(struct kobj *obj)
{
	struct stats *s = stats_of(obj);
	struct kobj *owner = s->owner;
	stat_t **counters;

	pthread_mutex_lock(&stats_lock);
	s->open = false;
	/* The counters stay where they are, or moved away. */
	if (*home_of(owner, &counters) != s)
		stats_free(s);
	pthread_mutex_unlock(&stats_lock);
	kobj_put(owner);
}

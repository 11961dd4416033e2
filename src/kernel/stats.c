/* SPDX-License-Identifier: MIT */
/*
 * Binary statistics (KVM_GET_STATS_FD): a header, an id string, descriptors,
 * data. The descriptor's memory holds all of it, so that reading needs no
 * help; the data part is refreshed when a KVM_RUN ends and by kobj_read().
 */
#include "kernel/stats.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
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

/* Two runs of rows, one after the other in the descriptor. */
struct stat_rows {
	const struct stat_row *part[2];
	unsigned int nr[2];
};

/* Open descriptors of one VM or vCPU. */
struct stats {
	struct kobj obj;
	struct kobj *owner;
	const stat_t *counters;
	struct stat_rows rows;
	unsigned int nr_rows, nr_values;
	size_t data_offset;
	struct stats *next;
};

static pthread_mutex_t stats_lock = PTHREAD_MUTEX_INITIALIZER;
static struct stats *stats_list;

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
	return (struct stat_rows){{vcpu_rows, arch->vcpu_stats},
				  {ARRAY_SIZE(vcpu_rows), arch->nr_vcpu_stats}};
}

/* NULL after the last. */
static const struct stat_row *stats_row(const struct stats *s, unsigned int n)
{
	if (n < s->rows.nr[0])
		return &s->rows.part[0][n];
	return n < s->nr_rows ? &s->rows.part[1][n - s->rows.nr[0]] : NULL;
}

static void stats_refresh(struct stats *s)
{
	_Atomic uint64_t *data =
		(void *)((char *)s->obj.pages + s->data_offset);
	const struct stat_row *row;

	for (unsigned int n = 0; (row = stats_row(s, n)); n++)
		for (unsigned int i = 0; i < row->size; i++)
			atomic_store_explicit(
				data++,
				atomic_load(&s->counters[row->counter + i]),
				memory_order_relaxed);
}

void stats_publish(struct kobj *owner)
{
	if (!__atomic_load_n(&stats_list, __ATOMIC_ACQUIRE))
		return;
	pthread_mutex_lock(&stats_lock);
	for (struct stats *s = stats_list; s; s = s->next)
		if (s->owner == owner)
			stats_refresh(s);
	pthread_mutex_unlock(&stats_lock);
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
	uint32_t offset = 0;

	memcpy(page, &h, sizeof(h));
	if (s->owner->kind == KOBJ_VM)
		snprintf(page + h.id_offset, NAME_SIZE, "kvm-%d", getpid());
	else
		snprintf(page + h.id_offset, NAME_SIZE, "kvm-%d/vcpu-%u",
			 getpid(), vcpu_of(s->owner)->id);
	at = page + h.desc_offset;
	for (unsigned int n = 0; (row = stats_row(s, n)); n++) {
		struct kvm_stats_desc d = {.flags = row->flags,
					   .exponent = row->exponent,
					   .size = row->size,
					   .offset = offset};

		memcpy(at, &d, sizeof(d));
		snprintf(at + sizeof(d), NAME_SIZE, "%s", row->name);
		at += sizeof(d) + NAME_SIZE;
		offset += row->size * sizeof(uint64_t);
	}
	stats_refresh(s);
}

/* A statistics descriptor of @owner, or a negative errno. */
static long stats_open(struct kobj *owner)
{
	bool is_vm = owner->kind == KOBJ_VM;
	struct stats *s = calloc(1, sizeof(*s));
	const struct stat_row *row;
	long ret;

	if (!s)
		return refuse(ENOMEM, "no memory for the statistics");
	s->owner = owner;
	s->counters = is_vm ? vm_of(owner)->stats : vcpu_of(owner)->stats;
	s->rows = rows_of(owner);
	s->nr_rows = s->rows.nr[0] + s->rows.nr[1];
	for (unsigned int n = 0; (row = stats_row(s, n)); n++)
		s->nr_values += row->size;
	s->data_offset =
		sizeof(struct kvm_stats_header) + NAME_SIZE +
		s->nr_rows * (sizeof(struct kvm_stats_desc) + NAME_SIZE);
	s->obj.kind = KOBJ_STATS;
	s->obj.refs = 1;
	s->obj.size = s->data_offset + s->nr_values * sizeof(uint64_t);
	if (is_vm)
		snprintf(s->obj.name, sizeof(s->obj.name), "kvm-vm-stats");
	else
		snprintf(s->obj.name, sizeof(s->obj.name), "kvm-vcpu-stats:%u",
			 vcpu_of(owner)->id);
	kobj_get(owner);
	/* Another thread may close the descriptor before we are done. */
	kobj_get(&s->obj);
	ret = kernel_host.install(&s->obj);
	if (ret < 0) {
		kobj_put(owner);
		free(s);
		return ret;
	}
	stats_fill(s);
	pthread_mutex_lock(&stats_lock);
	s->next = stats_list;
	__atomic_store_n(&stats_list, s, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&stats_lock);
	kobj_put(&s->obj);
	return ret;
}

void stats_release(struct kobj *obj)
{
	struct stats *s = stats_of(obj), **link = &stats_list;
	struct kobj *owner = s->owner;

	pthread_mutex_lock(&stats_lock);
	while (*link && *link != s)
		link = &(*link)->next;
	if (*link)
		__atomic_store_n(link, s->next, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&stats_lock);
	kernel_host.free_pages(obj);
	free(s);
	kobj_put(owner);
}

long stats_read(struct kobj *obj, void *buf, size_t len, int64_t *pos)
{
	struct stats *s = stats_of(obj);
	size_t n;

	if (*pos < 0)
		return refuse(EINVAL, "position %ld is negative", *pos);
	if ((uint64_t)*pos >= obj->size)
		return 0;
	n = min_u64(len, obj->size - *pos);
	stats_refresh(s);
	if (copy_to_user(buf, (char *)obj->pages + *pos, n))
		return -EFAULT;
	*pos += n;
	return n;
}

long obj_ioctl_stats_fd(struct kobj *obj, void *arg, unsigned long user)
{
	return stats_open(obj);
}

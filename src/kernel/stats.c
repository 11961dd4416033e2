/* SPDX-License-Identifier: MIT */
/*
 * Binary statistics (KVM_GET_STATS_FD): a header, an id string, descriptors,
 * data. The descriptor's memory holds all of it, so that reading needs no
 * help; the data part is refreshed when a KVM_RUN ends and at every read that
 * comes to us.
 */
#include "kernel/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"

#define NAME_SIZE 48

struct stat_row {
	const char *name;
	uint32_t flags;
	int16_t exponent;
	uint16_t size;
};

#define COUNTER(n)                                                        \
	{                                                                 \
		n,                                                        \
			KVM_STATS_TYPE_CUMULATIVE | KVM_STATS_UNIT_NONE | \
				KVM_STATS_BASE_POW10,                     \
			0, 1                                              \
	}
#define TIME_NS(n)                                                           \
	{                                                                    \
		n,                                                           \
			KVM_STATS_TYPE_CUMULATIVE | KVM_STATS_UNIT_SECONDS | \
				KVM_STATS_BASE_POW10,                        \
			-9, 1                                                \
	}
#define LOGHIST(n)                                                         \
	{                                                                  \
		n,                                                         \
			KVM_STATS_TYPE_LOG_HIST | KVM_STATS_UNIT_SECONDS | \
				KVM_STATS_BASE_POW10,                      \
			-9, 32                                             \
	}
#define BOOLEAN(n)                                                        \
	{                                                                 \
		n,                                                        \
			KVM_STATS_TYPE_INSTANT | KVM_STATS_UNIT_BOOLEAN | \
				KVM_STATS_BASE_POW10,                     \
			0, 1                                              \
	}

static const struct stat_row vm_rows[] = {
	COUNTER("remote_tlb_flush"),
	COUNTER("remote_tlb_flush_requests"),
};

static const struct stat_row vcpu_rows[] = {
	COUNTER("halt_successful_poll"),
	COUNTER("halt_attempted_poll"),
	COUNTER("halt_poll_invalid"),
	COUNTER("halt_wakeup"),
	TIME_NS("halt_poll_success_ns"),
	TIME_NS("halt_poll_fail_ns"),
	TIME_NS("halt_wait_ns"),
	LOGHIST("halt_poll_success_hist"),
	LOGHIST("halt_poll_fail_hist"),
	LOGHIST("halt_wait_hist"),
	BOOLEAN("blocking"),
	COUNTER("hvc_exit_stat"),
	COUNTER("wfe_exit_stat"),
	COUNTER("wfi_exit_stat"),
	COUNTER("mmio_exit_user"),
	COUNTER("mmio_exit_kernel"),
	COUNTER("signal_exits"),
	COUNTER("exits"),
};

/* Open descriptors of one VM or vCPU. */
struct stats {
	struct kobj obj;
	struct kobj *owner;
	const stat_t *counters;
	unsigned int nr_counters;
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

static void stats_refresh(struct stats *s)
{
	_Atomic uint64_t *data =
		(void *)((char *)s->obj.pages + s->data_offset);

	for (unsigned int i = 0; i < s->nr_counters; i++)
		atomic_store_explicit(&data[i], atomic_load(&s->counters[i]),
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

static void stats_fill(struct stats *s, const struct stat_row *rows,
		       unsigned int n)
{
	char *page = s->obj.pages, *at;
	struct kvm_stats_header h = {
		.name_size = NAME_SIZE,
		.num_desc = n,
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
	for (unsigned int i = 0; i < n; i++) {
		struct kvm_stats_desc d = {.flags = rows[i].flags,
					   .exponent = rows[i].exponent,
					   .size = rows[i].size,
					   .offset = offset};

		memcpy(at, &d, sizeof(d));
		snprintf(at + sizeof(d), NAME_SIZE, "%s", rows[i].name);
		at += sizeof(d) + NAME_SIZE;
		offset += rows[i].size * sizeof(uint64_t);
	}
	stats_refresh(s);
}

long stats_open(struct kobj *owner)
{
	bool is_vm = owner->kind == KOBJ_VM;
	const struct stat_row *rows = is_vm ? vm_rows : vcpu_rows;
	unsigned int n = is_vm ? ARRAY_SIZE(vm_rows) : ARRAY_SIZE(vcpu_rows);
	struct stats *s = calloc(1, sizeof(*s));
	long ret;

	if (!s)
		return -ENOMEM;
	s->owner = owner;
	s->counters = is_vm ? vm_of(owner)->stats : vcpu_of(owner)->stats;
	s->nr_counters = is_vm ? NR_VM_STATS : NR_VCPU_STATS;
	s->data_offset = sizeof(struct kvm_stats_header) + NAME_SIZE +
			 n * (sizeof(struct kvm_stats_desc) + NAME_SIZE);
	s->obj.kind = KOBJ_STATS;
	s->obj.refs = 1;
	s->obj.size = s->data_offset + s->nr_counters * sizeof(uint64_t);
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
	stats_fill(s, rows, n);
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
		return -EINVAL;
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
